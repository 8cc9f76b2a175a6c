/**
 * One operator and many clusters, whose pods are played on paper: what it needs, how long it takes
 * for each, and that no cluster notices the others.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterOptions, clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { type Plural, World } from '../world.ts';
import { isLong } from './length.ts';
import { converged, isConverged } from './operations.ts';

const CLUSTERS = isLong ? 50 : 5;
const GROUPS = 3;

/** Clusters of which no broker ever answers. */
const SILENT = isLong ? 5 : 1;

const RSS_MAX_MIB = 300;
const RECONCILE_MAX_SECONDS = 1;

/** Every cluster has the name of another one in the next namespace. */
const NAMES_OF_EACH = 5;

const REST_MS = isLong ? 180_000 : 10_000;

/** What was counted while something happened is written in an event a minute later. */
const CALM_MS = isLong ? 65_000 : 3_000;

const TIMEOUT_MS = isLong ? 1_200_000 : 180_000;

interface Place {
  readonly name: string;
  readonly namespace: string;
}

const places: readonly Place[] = Array.from({ length: CLUSTERS }, (_, index) => ({
  name: `same-${index % NAMES_OF_EACH}`,
  namespace: `fleet-${Math.floor(index / NAMES_OF_EACH)}`,
}));
const namespaces = [...new Set(places.map(({ namespace }) => namespace)), 'silent'];

let world: World;

beforeAll(async () => {
  // One that lost its lease, on a machine that stood still, would end.
  world = await World.start({ isOnPaper: true, operator: { leaderElection: 'false' } });
  for (const namespace of namespaces) {
    await world.server.kubectl(['create', 'namespace', namespace]);
  }
});

afterAll(() => world[Symbol.asyncDispose]());

const fleet = (all: readonly Place[], options: ClusterOptions = {}): string =>
  all.map((place) => clusterManifest({ ...options, ...place, groups: GROUPS })).join('---\n');

async function notConverged(): Promise<string[]> {
  const lists = await Promise.all(
    [...new Set(places.map(({ namespace }) => namespace))].map((namespace) => {
      return world.list('rocketmqclusters', namespace);
    }),
  );
  return lists
    .flat()
    .filter((cluster) => !isConverged(cluster))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

/** Resident memory of the operator, at its highest. */
function peakMib(): number {
  const status = readFileSync(`/proc/${world.operator.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** How many reconciles took longer than the bar, and of how many. */
async function reconciles(): Promise<{ readonly all: number; readonly slow: number }> {
  const metric = 'workqueue_work_duration_seconds';
  const all = await world.operator.metric(`${metric}_count`);
  const le = String(RECONCILE_MAX_SECONDS);
  return { all, slow: all - (await world.operator.metric(`${metric}_bucket`, { le })) };
}

test(
  'all of them converge',
  async () => {
    const fromMs = Date.now();
    await world.server.apply(fleet(places));
    await until(
      async () => (await notConverged()).length === 0,
      async () => `These do not converge: ${(await notConverged()).join(', ')}`,
      TIMEOUT_MS,
    );
    const { all, slow } = await reconciles();
    const seconds = (Date.now() - fromMs) / 1000;
    const rss = `${peakMib().toFixed(0)} MiB at most`;
    console.log(`${CLUSTERS} clusters of ${GROUPS} groups converged in ${seconds.toFixed(1)} s`);
    console.log(`operator: ${rss}, ${all} reconciles, ${slow} took longer than 1 s`);
    expect(await world.list('statefulsets', 'fleet-0')).toHaveLength(NAMES_OF_EACH * (GROUPS + 1));
  },
  TIMEOUT_MS,
);

const kinds: readonly Plural[] = [
  'rocketmqclusters',
  'nameservers',
  'brokersets',
  'statefulsets',
  'configmaps',
  'pods',
];

/** Versions of everything that the operator keeps, by cluster. */
async function versions(): Promise<Map<string, string[]>> {
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => kinds.map((kind) => world.list(kind, namespace))),
  );
  const found = new Map<string, string[]>();
  for (const { metadata } of lists.flat()) {
    const cluster = /^same-\d+/.exec(metadata.name)?.[0];
    if (cluster === undefined) continue;
    const key = `${metadata.namespace}/${cluster}`;
    const all = found.get(key) ?? [];
    found.set(key, [...all, `${metadata.uid} ${metadata.resourceVersion}`]);
  }
  return found;
}

async function calm(): Promise<void> {
  await until(
    async () => (await world.mutationsIn(CALM_MS)).length === 0,
    () => 'The operator writes on and on',
    TIMEOUT_MS,
  );
}

/** Seconds that it takes to give a cluster another setting and other pods. */
async function change(place: Place, value: string): Promise<number> {
  const fromMs = Date.now();
  const config = { waitTimeMillsInSendQueue: value };
  await world.server.apply(fleet([place], { config, annotations: { roll: value } }));
  await converged({ world, namespace: place.namespace });
  return (Date.now() - fromMs) / 1000;
}

test(
  'a change of one is not noticed by the others, nor delayed by those that do not answer',
  async () => {
    const changed = { name: 'same-1', namespace: 'fleet-0' };
    await calm();
    const before = await versions();
    const alone = await change(changed, '300');
    const after = await versions();
    const touched = [...after].filter(([key, now]) => before.get(key)?.join() !== now.join());
    expect(touched.map(([key]) => key)).toEqual(['fleet-0/same-1']);

    const silent = Array.from({ length: SILENT }, (_, index) => {
      return { name: `silent-${index}`, namespace: 'silent' };
    });
    await world.server.apply(fleet(silent, { env: { PAPER: 'silent' } }));
    await until(
      async () => (await world.list('pods', 'silent')).length >= SILENT * 2,
      () => 'The silent clusters have no pods',
    );
    const beside = await change(changed, '400');
    console.log(
      `a roll of ${GROUPS} groups: ${alone.toFixed(1)} s, ${beside.toFixed(1)} s beside ${SILENT} silent clusters`,
    );
    expect(beside).toBeLessThan(3 * alone);
    for (const { name } of silent) {
      await world.server.kubectl(['-n', 'silent', 'delete', 'rocketmqcluster', name]);
    }
  },
  TIMEOUT_MS,
);

test(
  'at rest nothing is written, and the operator is within its bars',
  async () => {
    await calm();
    const before = await reconciles();
    const written = await (isLong ? world.mutationsIn(REST_MS) : world.changesIn(REST_MS));
    const after = await reconciles();
    const [all, slow] = [after.all - before.all, after.slow - before.slow];
    console.log(`${REST_MS / 1000} s of rest: ${all} reconciles, ${slow} took longer than 1 s`);
    console.log(`all the time: ${after.all} reconciles, ${after.slow} took longer than 1 s`);
    console.log(`operator: ${peakMib().toFixed(0)} MiB at most`);
    expect(written).toEqual([]);
    // In the short form the machine does other things too, and one slow reconcile is many.
    if (!isLong) return;
    expect(peakMib()).toBeLessThan(RSS_MAX_MIB);
    expect(slow).toBeLessThan(all / 100);
    expect(after.slow).toBeLessThan(after.all / 100);
  },
  TIMEOUT_MS,
);
