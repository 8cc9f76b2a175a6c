import { expect, test } from 'vitest';
import { MetricsRegistry } from '../../metrics/mod.ts';
import { AssertionError, type Log } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import type { ClusterAccess } from '../access/mod.ts';
import { operatorMeter } from '../metrics.ts';
import { ApiServer } from './api-server.ts';
import { KubeError } from './errors.ts';
import { WriteExpectations } from './expectations.ts';
import type { Reconciler } from './reconciler.ts';
import { itemOf, Reconciling } from './reconciling.ts';
import { Refusals } from './refusals.ts';
import { resources } from './resources.ts';
import { ALL, Store } from './store.ts';

const { topics } = resources;
const key = { namespace: 'ns', name: 'a' };
const topic = {
  apiVersion: topics.apiVersion,
  kind: topics.kind,
  metadata: { ...key, uid: 'u', resourceVersion: '1', creationTimestamp: '' },
};
const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};
const refused = new KubeError('no', { status: 403, reason: 'Forbidden' });

/** Reconciles one Topic once, by `reconcile`; the API server's answer to all is `answer`. */
const attempt = (reconcile: () => never, answer: () => Promise<never>) =>
  simulated(1, async ({ clock, random }) => {
    const server = new ApiServer(
      { clock, random },
      {
        send: answer,
        stream: answer,
        close: () => undefined,
      },
    );
    const store = new Store([ALL]);
    store.replace(ALL, [topic], '1');
    const reconciler: Reconciler = { name: 'topic', resource: topics, owns: [], reconcile };
    const reconciling = new Reconciling(reconciler, {
      clock,
      random,
      log: silent,
      server,
      caches: { of: () => store as never },
      expectations: new WriteExpectations(() => undefined),
      refusals: new Refusals(clock),
      events: { record: () => undefined },
      access: {} as ClusterAccess,
      meter: operatorMeter(new MetricsRegistry()),
      version: '0.0.0',
      selector: () => true,
      requireLeading: () => undefined,
      signal: new AbortController().signal,
    });
    reconciling.queue.add(itemOf(key));
    const end = clock.after(50, () => void reconciling.queue.shutDown());
    try {
      await reconciling.run(1);
    } finally {
      end.cancel();
    }
    return reconciling.queue.failuresOf(itemOf(key));
  });

const unasked = () => Promise.reject(new AssertionError('Expected no request'));

test.each([
  ['a member of nothing', () => (undefined as unknown as { uid: never }).uid],
  ['a time that is none', () => new Date(Number.NaN).toISOString() as never],
  [
    'an assertion',
    () => {
      throw new AssertionError('Expected a page');
    },
  ],
])('a bug ends all work, and says at which object: %s', async (_what, bug) => {
  const error = await attempt(bug, unasked).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AssertionError);
  expect(String(error)).toContain('Cannot reconcile Topic "ns/a", a bug: ');
  expect((error as Error).cause).toBeInstanceOf(Error);
});

test('what the world refuses is tried again', async () => {
  const refuse = (): never => {
    throw refused;
  };
  expect(await attempt(refuse, unasked)).toBe(1);
});
