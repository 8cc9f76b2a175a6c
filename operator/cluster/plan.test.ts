import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readObject } from '../api/read-object.ts';
import type { LiveChild } from './live-child.ts';
import { type ClusterAction, childName, type Observed, planCluster, shownChild } from './plan.ts';

const manifestOf = (spec: object, annotations = {}) => {
  const object = {
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name: 'orders', namespace: 'shop', annotations },
    spec,
  };
  const read = readObject('RocketMQCluster', object);
  if ('manifest' in read) return read.manifest;
  throw new Error(read.message);
};

const set = (name: string, more: object = {}) => ({
  name,
  replicas: 1,
  durability: 'Async',
  ...more,
});
const two = (more: object = {}) =>
  manifestOf({ version: '1.0.0', brokerSets: [set('main'), set('more')], ...more });

const child = (kind: LiveChild['kind'], name: string, changes: Partial<LiveChild> = {}) => ({
  kind,
  name,
  uid: `uid-${kind}-${name}`,
  isGoing: false,
  release: { version: '1.0.0', image: undefined },
  isReady: true,
  phase: 'Ready' as const,
  reason: 'AllReady',
  message: 'all is well',
  stalled: undefined,
  work: undefined,
  version: '1.0.0',
  groups: 1,
  readyGroups: 1,
  addresses: [],
  annotations: {},
  ...changes,
  isSettled: changes.isSettled ?? changes.isReady ?? true,
});

const servers = (changes: Partial<LiveChild> = {}) => child('NameServer', 'orders', changes);
const main = (changes: Partial<LiveChild> = {}) => child('BrokerSet', 'orders-main', changes);
const more = (changes: Partial<LiveChild> = {}) => child('BrokerSet', 'orders-more', changes);

const usual = two();
const observed = (changes: Partial<Observed> = {}): Observed => ({
  manifest: usual,
  isPaused: false,
  isDeleting: false,
  hasFinalizer: true,
  children: [servers(), main(), more()],
  foreign: [],
  version: '9.9.9',
  ...changes,
});

/** `Apply NameServer/orders 1.0.0` */
const shown = (action: ClusterAction): string => {
  if (action.kind === 'AddFinalizer' || action.kind === 'DropFinalizer') return action.kind;
  if (action.kind !== 'Apply') return `${action.kind} ${shownChild(action.child)}`;
  const { version, image } = specOf(action);
  return `Apply ${childName(action.child)} ${String(image ?? version)}`;
};
const specOf = (action: ClusterAction) => {
  if (action.kind !== 'Apply') throw new Error('Only what is applied has a spec');
  return action.child.manifest['spec'] as Record<string, unknown>;
};
const actions = (changes: Partial<Observed>) => planCluster(observed(changes)).actions.map(shown);

describe('components are made', () => {
  test('one after another, each when the one before is ready; the finalizer first', () => {
    expect(actions({ children: [], hasFinalizer: false })).toEqual([
      'AddFinalizer',
      'Apply NameServer/orders 1.0.0',
    ]);
    expect(actions({ children: [servers({ isReady: false })] })).toEqual([
      'Apply NameServer/orders 1.0.0',
    ]);
    expect(actions({ children: [servers()] })).toEqual([
      'Apply NameServer/orders 1.0.0',
      'Apply BrokerSet/orders-main 1.0.0',
    ]);
    expect(actions({ children: [servers(), main({ isReady: false })] })).toHaveLength(2);
    expect(actions({ children: [servers(), main()] })).toHaveLength(3);
  });

  test('not at all where a name is taken, or while the cluster is paused', () => {
    expect(planCluster(observed({ foreign: ['NameServer/orders'] }))).toMatchObject({
      actions: [],
      stalled: { reason: 'ForeignObject', message: expect.stringContaining('NameServer/orders') },
    });
    expect(actions({ isPaused: true, children: [] })).toEqual([]);
    expect(actions({ manifest: undefined })).toEqual([]);
  });

  test('with the version said, so that a new operator does not upgrade all at once', () => {
    const manifest = manifestOf({ brokerSets: [set('main')] });
    expect(actions({ manifest, children: [] })).toEqual(['Apply NameServer/orders 9.9.9']);
  });

  test('with nothing else than what their user wrote', () => {
    const manifest = manifestOf({ brokerSets: [set('main', { groups: 2 }), set('more')] });
    const [, first, second] = planCluster(observed({ manifest })).actions;
    expect(first && specOf(first)['groups']).toBe(2);
    expect(second && Object.keys(specOf(second)).toSorted()).toEqual([
      'clusterName',
      'durability',
      'nameServers',
      'replicas',
      'version',
    ]);
  });

  test('with their claims to go where the cluster says so, and the set does not', () => {
    const keeps = { storage: { retention: { whenDeleted: 'Retain' } } };
    const brokerSets = [set('main'), set('more', keeps)];
    const manifest = manifestOf({ version: '1.0.0', brokerSets, deletionPolicy: 'Delete' });
    const storage = planCluster(observed({ manifest })).actions.map(
      (one) => specOf(one)['storage'],
    );
    expect(storage).toEqual([
      { retention: { whenDeleted: 'Delete' } },
      { retention: { whenDeleted: 'Delete' } },
      { retention: { whenDeleted: 'Retain' } },
    ]);
  });

  test('with the request for a restart that stands on the cluster', () => {
    const annotations = { 'gantrymq.io/restarted-at': 'now', other: 'x' };
    const manifest = manifestOf({ brokerSets: [set('main')] }, annotations);
    const [action] = planCluster(observed({ manifest, children: [] })).actions;
    expect(action).toMatchObject({
      child: { manifest: { metadata: { annotations: { 'gantrymq.io/restarted-at': 'now' } } } },
    });
  });
});

describe('a new version', () => {
  const manifest = two({ version: '2.0.0' });
  const old = { version: '1.0.0', image: undefined };
  const current = { version: '2.0.0', image: undefined };

  test('is given to one component after another; the others keep theirs, and get the rest', () => {
    expect(actions({ manifest })).toEqual([
      'Apply NameServer/orders 2.0.0',
      'Apply BrokerSet/orders-main 1.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
    const rolling = servers({ release: current, isReady: false });
    expect(actions({ manifest, children: [rolling, main(), more()] })).toEqual([
      'Apply NameServer/orders 2.0.0',
      'Apply BrokerSet/orders-main 1.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
    expect(
      actions({ manifest, children: [servers({ release: current }), main(), more()] }),
    ).toEqual([
      'Apply NameServer/orders 2.0.0',
      'Apply BrokerSet/orders-main 2.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
  });

  test('that is taken back reaches the component that stands still with it', () => {
    const stuck = servers({ isReady: false });
    const broken = main({
      release: current,
      isReady: false,
      stalled: { reason: 'ImagePull', message: 'no such image' },
    });
    expect(actions({ manifest: usual, children: [stuck, broken, more({ release: old })] })).toEqual(
      [
        'Apply NameServer/orders 1.0.0',
        'Apply BrokerSet/orders-main 1.0.0',
        'Apply BrokerSet/orders-more 1.0.0',
      ],
    );
  });

  test('and an image are one and the same in this', () => {
    const withImage = two({ image: 'registry/gantry:7' });
    expect(actions({ manifest: withImage })).toEqual([
      'Apply NameServer/orders registry/gantry:7',
      'Apply BrokerSet/orders-main 1.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
  });
});

describe('a set that left the spec', () => {
  const manifest = manifestOf({ version: '1.0.0', brokerSets: [set('more')] });

  test('is removed while another one is ready', () => {
    expect(actions({ manifest })).toContain('Remove BrokerSet/orders-main');
    const going = main({ isGoing: true, isReady: false });
    expect(actions({ manifest, children: [servers(), going, more()] })).toHaveLength(2);
  });

  test('stays until the one in its place is ready', () => {
    const plan = planCluster(observed({ manifest, children: [servers(), main()] }));
    expect(plan.actions.map(shown)).toEqual([
      'Apply NameServer/orders 1.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
    const unready = [servers(), main(), more({ isReady: false })];
    expect(actions({ manifest, children: unready })).not.toContain('Remove BrokerSet/orders-main');
    expect(planCluster(observed({ manifest, children: unready })).kept).toEqual([
      'BrokerSet/orders-main',
    ]);
    expect(planCluster(observed({ manifest })).kept).toEqual([]);
  });

  test('is the last one, when those left are to have no group: refused but for Delete', () => {
    const brokerSets = [set('more', { groups: 0 })];
    const none = manifestOf({ version: '1.0.0', brokerSets });
    expect(planCluster(observed({ manifest: none })).stalled).toMatchObject({
      reason: 'LastBrokerSet',
    });
    const forced = manifestOf({ version: '1.0.0', brokerSets, deletionPolicy: 'Delete' });
    expect(actions({ manifest: forced }).slice(-2)).toEqual([
      'SkipDrain BrokerSet/orders-main',
      'Remove BrokerSet/orders-main',
    ]);
  });

  test('is made again only when it is gone', () => {
    const going = main({ isGoing: true, isReady: false });
    expect(actions({ children: [servers(), going, more()] })).toEqual([
      'Apply NameServer/orders 1.0.0',
      'Apply BrokerSet/orders-more 1.0.0',
    ]);
  });
});

describe('a cluster that is deleted', () => {
  const gone = (children: readonly LiveChild[]) => actions({ isDeleting: true, children });

  test('loses its sets without a drain, then its name servers, then its finalizer', () => {
    expect(gone([servers(), main(), more()])).toEqual([
      'SkipDrain BrokerSet/orders-main',
      'Remove BrokerSet/orders-main',
      'SkipDrain BrokerSet/orders-more',
      'Remove BrokerSet/orders-more',
    ]);
    const draining = main({ isGoing: true });
    expect(gone([servers(), draining])).toEqual(['SkipDrain BrokerSet/orders-main']);
    const annotations = { 'gantrymq.io/delete-without-drain': 'true' };
    expect(gone([servers(), main({ isGoing: true, annotations })])).toEqual([]);
    expect(gone([servers()])).toEqual(['Remove NameServer/orders']);
    expect(gone([servers({ isGoing: true })])).toEqual([]);
    expect(gone([])).toEqual(['DropFinalizer']);
  });

  test('goes also when its spec cannot be used, or while it is paused', () => {
    const changes = { isDeleting: true, children: [], manifest: undefined, isPaused: true };
    expect(actions(changes)).toEqual(['DropFinalizer']);
  });
});

describe('whatever is seen', () => {
  const manifests = new Map(
    ['1.0.0', '2.0.0', '3.0.0'].map((version) => [version, two({ version })] as const),
  );
  const release = fc.constantFrom(...manifests.keys());
  const changed = fc.record({
    isReady: fc.boolean(),
    release: release.map((version) => ({ version, image: undefined })),
    stalled: fc.constantFrom(undefined, { reason: 'CrashLoop' as const, message: 'it ends' }),
  });
  const state = fc.tuple(fc.option(changed), fc.option(changed), fc.option(changed)).map((all) => {
    const made = [servers, main, more].map((make, index) => {
      const changes = all[index];
      return changes ? [make(changes)] : [];
    });
    return made.flat();
  });

  test('at most one component that is not stalled gets another version or is made', () => {
    fc.assert(
      fc.property(state, release, (children, version) => {
        const plan = planCluster(observed({ children, manifest: manifests.get(version) }));
        const disturbed = plan.actions.filter((action) => {
          if (action.kind !== 'Apply') return false;
          const now = children.find((one) => shownChild(one) === childName(action.child));
          return (action.isNew || action.upgradeTo !== undefined) && now?.stalled === undefined;
        });
        expect(disturbed.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('when each becomes ready for what it is told, all get there', () => {
    fc.assert(
      fc.property(state, release, (first, version) => {
        const manifest = manifests.get(version);
        let children = first;
        for (let round = 0; round < 8; round++) {
          children = after(children, planCluster(observed({ children, manifest })).actions);
        }
        expect(children.map(({ release: has }) => has.version)).toEqual(
          Array.from({ length: 3 }, () => version),
        );
        const { waiting, heldBy } = planCluster(observed({ children, manifest }));
        expect([waiting, heldBy]).toEqual([[], undefined]);
      }),
    );
  });
});

/** The children once actions are done and each has become ready. */
function after(children: readonly LiveChild[], done: readonly ClusterAction[]): LiveChild[] {
  const next = new Map(children.map((one) => [shownChild(one), one] as const));
  for (const action of done) {
    if (action.kind !== 'Apply') continue;
    const name = childName(action.child);
    const before = next.get(name) ?? named(name);
    const { version } = specOf(action);
    const release = { version: String(version), image: undefined };
    next.set(name, { ...before, release, isReady: true, isSettled: true, stalled: undefined });
  }
  return [...next.values()].map((one) => ({ ...one, isReady: true, isSettled: true }));
}

function named(name: string): LiveChild {
  if (name === 'NameServer/orders') return servers();
  return name === 'BrokerSet/orders-main' ? main() : more();
}
