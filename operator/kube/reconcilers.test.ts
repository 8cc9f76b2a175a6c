import { expect, test } from 'vitest';
import { MetricsRegistry } from '../../metrics/mod.ts';
import { type Log, type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import type { ClusterAccess } from '../access/mod.ts';
import { operatorMeter } from '../metrics.ts';
import { ApiServer } from './api-server.ts';
import { BehindError } from './errors.ts';
import type { Context, Outcome, Reconciler } from './reconciler.ts';
import { Reconcilers } from './reconcilers.ts';
import { resources } from './resources.ts';
import type { ApiRequest, Transport } from './transport.ts';

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

const { topics } = resources;

const topic = {
  apiVersion: topics.apiVersion,
  kind: topics.kind,
  metadata: { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
};

/** One Topic that nobody changes: what is tested here is time. */
function working(runtime: Runtime, reconcile: (context: Context) => Promise<Outcome>) {
  const { clock } = runtime;
  const writes: ApiRequest[] = [];
  const calledMs: number[] = [];
  const transport: Transport = {
    send: async (request) => {
      await sleep(clock, 1, request.signal);
      if (request.method !== 'GET') writes.push(request);
      const isList = new URL(request.path, 'http://x').searchParams.has('limit');
      const list = { metadata: { resourceVersion: '1' }, items: [topic] };
      return { status: 200, retryAfter: undefined, body: JSON.stringify(isList ? list : topic) };
    },
    stream: async ({ signal }) => {
      await sleep(clock, 240_000, signal);
      return { status: 200, retryAfter: undefined, body: '' };
    },
    close: () => undefined,
  };
  const reconciler: Reconciler = {
    name: 'test',
    resource: topics,
    owns: [],
    reconcile: (_object, context) => {
      calledMs.push(clock.monotonicMs());
      return reconcile(context);
    },
  };
  const reconcilers = new Reconcilers(
    { ...runtime, log: silent },
    new ApiServer(runtime, transport),
    {
      reconcilers: [reconciler],
      namespaces: [],
      watched: [topics],
      selector: () => true,
      concurrency: 2,
      identity: 'test',
      access: {} as ClusterAccess,
      version: '0.0.0',
    },
    operatorMeter(new MetricsRegistry()),
  );
  reconcilers.start();
  return { reconcilers, writes, calledMs };
}

const gaps = (times: readonly number[]) =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('an object is looked at again after a minute, a fifth less or more, or when it says', () =>
  simulated(1, async (runtime) => {
    let outcome: Outcome = {};
    const { reconcilers, calledMs } = working(runtime, () => Promise.resolve(outcome));
    expect(reconcilers.ready()).toEqual(['it has not listed gantrymq.io/v1alpha1/topics yet']);
    await sleep(runtime.clock, 300_000);
    expect(reconcilers.ready()).toEqual([]);
    expect(calledMs.length).toBeGreaterThanOrEqual(5);
    for (const gap of gaps(calledMs)) {
      expect(gap).toBeGreaterThanOrEqual(48_000);
      expect(gap).toBeLessThanOrEqual(72_100);
    }
    outcome = { requeueAfterMs: 5_000 };
    await sleep(runtime.clock, 75_000);
    const before = calledMs.length;
    await sleep(runtime.clock, 50_000);
    expect(calledMs.length - before).toBe(10);
    await reconcilers.close();
  }));

test('one that takes longer than two minutes is aborted, and tried again', () =>
  simulated(1, async (runtime) => {
    const reasons: unknown[] = [];
    const { reconcilers, calledMs } = working(runtime, async ({ signal, clock }) => {
      await sleep(clock, 600_000, signal).catch((error: unknown) => {
        reasons.push(error);
        throw error;
      });
      return {};
    });
    await sleep(runtime.clock, 125_000);
    expect(String(reasons[0])).toContain('longer than 120 s');
    expect(calledMs).toHaveLength(2);
    await reconcilers.close();
  }));

test('a worker that does not come back is a reason to start the process again', () =>
  simulated(1, async (runtime) => {
    const { reconcilers } = working(runtime, () => new Promise(() => undefined));
    await sleep(runtime.clock, 299_000);
    expect(reconcilers.live()).toEqual([]);
    await sleep(runtime.clock, 2_000);
    expect(reconcilers.live()).toEqual(['a worker of test is stuck']);
  }));

test('behind its own writes it comes back in a moment, and that is no failure', () =>
  simulated(1, async (runtime) => {
    let left = 3;
    const { reconcilers, calledMs } = working(runtime, () => {
      if (left-- > 0) throw new BehindError('not seen yet');
      return Promise.resolve({});
    });
    await sleep(runtime.clock, 1_000);
    expect(gaps(calledMs).map(Math.round)).toEqual([100, 100, 100]);
    await reconcilers.close();
  }));

test('a stop waits for what is under way, and aborts it when it takes too long', () =>
  simulated(1, async (runtime) => {
    const ends: string[] = [];
    let lastsMs = 5_000;
    const start = () =>
      working(runtime, async ({ signal, clock }) => {
        await sleep(clock, lastsMs, signal).then(
          () => ends.push('done'),
          () => ends.push('aborted'),
        );
        return {};
      }).reconcilers;
    const first = start();
    await sleep(runtime.clock, 1_000);
    await first.close();
    lastsMs = 60_000;
    const second = start();
    await sleep(runtime.clock, 1_000);
    const startMs = runtime.clock.monotonicMs();
    await second.close();
    expect(ends).toEqual(['done', 'aborted']);
    expect(runtime.clock.monotonicMs() - startMs).toBeLessThan(20_100);
    await second.ended;
  }));

test('what a reconcile leaves behind writes nothing when it is over', () =>
  simulated(1, async (runtime) => {
    const late: Promise<unknown>[] = [];
    const { reconcilers, writes } = working(runtime, (context) => {
      const { client, clock } = context;
      const writing = sleep(clock, 10).then(() =>
        client.applyStatus(topics, { namespace: 'ns', name: 'a' }, {}),
      );
      late.push(writing.catch((error: unknown) => String(error)));
      return Promise.resolve({});
    });
    await sleep(runtime.clock, 1_000);
    expect(await Promise.all(late)).toEqual(['Error: The reconcile is over']);
    expect(writes).toEqual([]);
    await reconcilers.close();
  }));
