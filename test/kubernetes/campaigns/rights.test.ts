/**
 * What the Role grants is what the operator does: everything that it asks of the API server in the
 * life of a cluster is in the table of resources, and what is in the table it has asked.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Resource, resources } from '../../../operator/kube/mod.ts';
import { type ClusterOptions, clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';
import { converged } from './operations.ts';

const table = Object.values<Resource>(resources);

/** An add-on's, which is not installed here: `cluster-monitoring.test.ts` has them. */
const MONITORING = ['podmonitors', 'prometheusrules'];

/** Asked only when something is wrong, or a minute later: other tests show each of them. */
const UNUSUAL = [
  'list events',
  'patch events',
  'get namespaces',
  'get nodes',
  'get pods',
  // A watched object is read live when it cannot be made because there is one.
  ...table.filter(({ watched }) => watched !== 'no').map(({ plural }) => `get ${plural}`),
  ...table
    .filter(({ plural }) => MONITORING.includes(plural))
    .flatMap(({ plural, verbs }) => verbs.map((verb) => `${verb} ${plural}`)),
];

const namespace = 'default';
let world: World;

beforeAll(async () => {
  // What it does for its lease is part of it.
  world = await World.start({ operator: { leaderElection: 'true' } });
});

afterAll(() => world[Symbol.asyncDispose]());

const granted = (): string[] =>
  table.flatMap(({ plural, verbs, subresources }) => [
    ...verbs.map((verb) => `${verb} ${plural}`),
    // Nobody asks for finalizers: who names an owner must be allowed to.
    ...subresources.filter((part) => part === 'status').map((part) => `patch ${plural}/${part}`),
  ]);

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly isCreated: boolean;
}

/** As a Role names them; nothing for what is open to everybody. */
function rightsOf({ method, url, isCreated }: Asked): string[] {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const place = /^\/api(?:s\/[^/]+)?\/v[^/]+\/(?:namespaces\/[^/]+\/(?=.))?(.+)$/.exec(
    pathname,
  )?.[1];
  if (place === undefined) return [];
  const [plural = '', name, part] = place.split('/');
  const what = part === undefined ? plural : `${plural}/${part}`;
  if (method === 'DELETE') return [`delete ${what}`];
  if (method === 'POST') return [`create ${what}`];
  if (method === 'PATCH') return [`patch ${what}`, ...(isCreated ? [`create ${what}`] : [])];
  if (searchParams.has('watch')) return [`watch ${what}`];
  return [`${name === undefined ? 'list' : 'get'} ${what}`];
}

function asked(): Set<string> {
  const { seen, mutations } = world.proxy;
  const all = seen.map((line): Asked => {
    const [method = '', url = ''] = line.split(' ');
    return { method, url, isCreated: false };
  });
  const made = mutations
    .filter(({ status }) => status === 201)
    .map(({ method, path }): Asked => ({ method, url: path, isCreated: true }));
  return new Set([...all, ...made].flatMap(rightsOf));
}

const OTHERS = ['Topic', 'ConsumerGroup'].map((kind) =>
  stringify({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind,
    metadata: { name: 'orders', namespace },
    spec: { clusterRef: { name: 'it' }, deletionPolicy: 'Delete' },
  }),
);
const LATER = ['Controller', 'Proxy'].map((kind) =>
  stringify({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind,
    metadata: { name: 'later', namespace },
    spec: kind === 'Proxy' ? { nameServers: { ref: { name: 'it' } } } : {},
  }),
);

/** A group that goes need not be empty for two minutes. */
function hasty(options: ClusterOptions): string {
  const manifest = parse(clusterManifest(options)) as { spec: { brokerSets: object[] } };
  const brokerSets = manifest.spec.brokerSets.map((set) => ({ ...set, drain: { settle: '2s' } }));
  return stringify({ ...manifest, spec: { ...manifest.spec, brokerSets } });
}

const settled = () => converged({ world, namespace });
const isGone = (plural: Parameters<World['find']>[0], name: string) =>
  until(
    async () => (await world.find(plural, name)) === undefined,
    () => `${plural}/${name} is still there`,
  );

test('all that is asked is granted, and all that is granted is asked', async () => {
  await world.server.apply(hasty({ groups: 2 }));
  await settled();
  for (const manifest of [...OTHERS, ...LATER]) await world.server.apply(manifest);
  await world.awaitReady('topics', 'orders');
  await world.awaitReady('consumergroups', 'orders');
  // A roll, larger volumes, and a group less.
  await world.server.apply(hasty({ groups: 2, annotations: { roll: '1' } }));
  await settled();
  await world.server.apply(hasty({ groups: 2, size: '2Gi' }));
  await settled();
  await world.server.apply(hasty({ groups: 1, size: '2Gi' }));
  await isGone('statefulsets', 'it-broker-1');
  await settled();
  await world.server.kubectl(['delete', 'topic/orders', 'consumergroup/orders']);
  await world.server.kubectl(['delete', 'rocketmqcluster', 'it', '--wait=false']);
  await isGone('nameservers', 'it');
  await isGone('rocketmqclusters', 'it');

  const used = asked();
  const all = granted();
  expect([...used].filter((right) => !all.includes(right))).toEqual([]);
  const unused = all.filter((right) => !used.has(right) && !UNUSUAL.includes(right));
  expect(unused).toEqual([]);
}, 300_000);

test('what is read from addresses is what a Role says', () => {
  const rights = (method: string, url: string, isCreated = false) =>
    rightsOf({ method, url, isCreated });
  expect(rights('GET', '/api/v1/pods?watch=true')).toEqual(['watch pods']);
  expect(rights('GET', '/api/v1/namespaces/a/pods?limit=5')).toEqual(['list pods']);
  expect(rights('GET', '/api/v1/namespaces/a')).toEqual(['get namespaces']);
  expect(rights('PATCH', '/apis/apps/v1/namespaces/a/statefulsets/b?force=true', true)).toEqual([
    'patch statefulsets',
    'create statefulsets',
  ]);
  const status = '/apis/gantrymq.io/v1alpha1/namespaces/a/topics/b/status';
  expect(rights('PATCH', status)).toEqual(['patch topics/status']);
  expect(rights('GET', '/openapi/v3')).toEqual([]);
});
