/**
 * The operator is killed right before or right after any one of the calls by which it changes
 * something, and another one takes up the work: whatever the call, the end is the same.
 */
import { isDeepStrictEqual } from 'node:util';
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

const REACHED_SHARE_MIN = 0.9;

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
  const restarted = Promise.withResolvers<boolean>();
  let wasKilled: boolean | undefined;
  const counts = (request: ProxiedRequest): boolean =>
    isMutation(request) && !isEvent(request) && request.path.includes(`/namespaces/${namespace}/`);
  world.proxy.stopAt({
    call: point?.call ?? Number.POSITIVE_INFINITY,
    when: point?.when ?? 'before',
    counts,
    stop: async () => {
      wasKilled = true;
      await world.operator.kill();
      world.operator.restart().then(() => restarted.resolve(true), restarted.reject);
    },
  });
  const from = world.proxy.mutations.length;
  await operation.begin(place);
  // While there is no operator, a cluster may look as if nothing were to be done.
  await Promise.race([restarted.promise, operation.done(place)]);
  if (wasKilled === true) await restarted.promise;
  await operation.done(place);
  const calls = world.proxy.mutations.slice(from).filter((call) => {
    return counts({ ...call, isWatch: false, isList: false });
  }).length;
  const end = await snapshot(place);
  await world.server.kubectl(['delete', 'namespace', namespace, '--wait=false']);
  return { calls, wasKilled: wasKilled === true, end };
}

/** A call that records an event is as good a place as the one after it. */
const isEvent = ({ path }: ProxiedRequest): boolean => path.includes('/events');

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
      const differing: string[] = [];
      let reached = 0;
      for (const point of points) {
        const { wasKilled, calls, end } = await run(operation, point);
        const what = `killed ${point.when} call ${point.call} of ${calls}`;
        if (wasKilled) reached++;
        else if (calls >= point.call) differing.push(`not ${what}`);
        if (!isDeepStrictEqual(end, plain.end)) differing.push(`${what}: ${JSON.stringify(end)}`);
      }
      console.log(
        `${operation.name}: ${plain.calls} calls, killed at ${reached} of ${points.length} points`,
      );
      expect(differing, `instead of ${JSON.stringify(plain.end)}`).toEqual([]);
      // Not every run says as much as the one that was counted: the last points may not come.
      expect(reached).toBeGreaterThanOrEqual(Math.ceil(points.length * REACHED_SHARE_MIN));
    },
    isLong ? 3_600_000 : 300_000,
  );
});

test('the namespaces of all these runs are gone in the end', async () => {
  const left = async (): Promise<string[]> =>
    (await world.api.list('/api/v1/namespaces'))
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('run-'));
  await until(
    async () => (await left()).length === 0,
    async () => `There still are ${(await left()).join(', ')}`,
  );
  expect(runs).toBeGreaterThan(operations.length);
});
