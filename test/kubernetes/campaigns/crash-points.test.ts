/**
 * The operator is killed right before or right after any one of the calls by which it changes
 * something, and another one takes up the work: whatever the call, the end is the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMutation, type ProxiedRequest } from '../faults.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';
import { isLong, sample } from './length.ts';
import { converged, type Operation, operations, type Place } from './operations.ts';
import { snapshot } from './snapshot.ts';

/** Points of each operation in the short form. */
const SAMPLE = 2;

let world: World;
let runs = 0;

beforeAll(async () => {
  // There is one operator at a time, so nobody waits for the lease of a dead one.
  world = await World.start({ operator: { leaderElection: 'false' } });
});

afterAll(() => world[Symbol.asyncDispose]());

interface Point {
  readonly call: number;
  readonly when: 'before' | 'after';
}

interface Outcome {
  readonly calls: number;
  readonly wasKilled: boolean;
  readonly end: Record<string, unknown>;
}

async function run(operation: Operation, point?: Point): Promise<Outcome> {
  runs++;
  const place: Place = { world, namespace: `run-${runs}` };
  const { namespace } = place;
  await world.server.kubectl(['create', 'namespace', namespace]);
  if (operation.before !== undefined) {
    await world.server.apply(clusterManifest({ ...operation.before, namespace }));
    await converged(place);
  }
  const killed = Promise.withResolvers<void>();
  const counts = (request: ProxiedRequest): boolean =>
    isMutation(request) && request.path.includes(`/namespaces/${namespace}/`);
  world.proxy.stopAt({
    call: point?.call ?? Number.POSITIVE_INFINITY,
    when: point?.when ?? 'before',
    counts,
    stop: async () => {
      await world.operator.kill();
      killed.resolve();
    },
  });
  const from = world.proxy.mutations.length;
  await operation.begin(place);
  if (point === undefined) await operation.done(place);
  const restarted = killed.promise.then(() => world.operator.restart());
  const wasKilled = point !== undefined && (await isFirst(restarted, operation.done(place)));
  if (wasKilled) await operation.done(place);
  const calls = world.proxy.mutations.slice(from).filter((call) => {
    return counts({ ...call, isWatch: false, isList: false });
  }).length;
  const end = await snapshot(place);
  await remove(namespace);
  return { calls, wasKilled, end };
}

/** Whether `first` was; the other is no longer waited for. */
async function isFirst(first: Promise<void>, second: Promise<void>): Promise<boolean> {
  return Promise.race([first.then(() => true), second.then(() => false)]);
}

async function remove(namespace: string): Promise<void> {
  await world.server.kubectl(['delete', 'namespace', namespace, '--wait=false']);
  await until(
    async () => (await world.api.find(`/api/v1/namespaces/${namespace}`)) === undefined,
    () => `The namespace ${namespace} is not gone`,
  );
}

function pointsOf(calls: number): Point[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((call) => [
    { call, when: 'before' as const },
    { call, when: 'after' as const },
  ]);
}

describe.each(operations)('$name', (operation) => {
  test(
    'comes to the same end wherever the operator is killed',
    async () => {
      const plain = await run(operation);
      expect(plain.calls).toBeGreaterThan(0);
      const points = sample(pointsOf(plain.calls), SAMPLE);
      for (const point of points) {
        const outcome = await run(operation, point);
        const what = `killed ${point.when} call ${point.call} of ${plain.calls}`;
        expect(outcome.wasKilled, what).toBe(true);
        expect(outcome.end, what).toEqual(plain.end);
      }
      console.log(`${operation.name}: ${plain.calls} calls, killed at ${points.length} points`);
    },
    isLong ? 3_600_000 : 300_000,
  );
});
