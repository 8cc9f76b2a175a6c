import { beforeEach, describe, expect, test } from 'vitest';
import { EntityWorld } from '../../test/fakes/entity-world.ts';
import type { GroupSettings } from '../access/mod.ts';
import { KubeError, resources } from '../kube/mod.ts';
import { setFinalizer } from '../workload/finalizers.ts';
import { act } from './act.ts';
import { type EntityKind, isClaimed, type LiveEntity } from './kind.ts';
import { observeEntity } from './observe.ts';
import { entityStatus, withRefusals } from './status.ts';

const kind: EntityKind<GroupSettings> = {
  noun: 'consumer group',
  resource: resources.consumerGroups,
  finalizer: 'gantrymq.io/consumer-group',
  claimField: 'groupName',
  find: (access, { address, name }) => access.findGroup(address, name),
  put: (access, { address }, settings) => access.putGroup(address, settings),
  remove: (access, { address, name }) => access.removeGroup(address, name),
};
const wanted = {
  name: 'billing',
  clusterRef: { name: 'orders' },
  brokerSets: [],
  deletionPolicy: 'Delete',
} as const;
const settings: GroupSettings = {
  group: 'billing',
  consumeEnabled: true,
  consumeBroadcast: true,
  consumeOrderly: false,
  retryTimesMax: 16,
  retryQueues: 1,
};

let world: EntityWorld;
const object = (): LiveEntity => {
  const found = world.kube.find<LiveEntity>(resources.consumerGroups, 'billing');
  if (found === undefined) throw new Error('There is no object');
  return found;
};
const see = () => observeEntity(kind, object(), wanted, world.kube.context);

beforeEach(() => {
  world = new EntityWorld();
  world.put('ConsumerGroup', { name: 'billing' });
});

const put = {
  kind: 'Put',
  group: 'orders-main-0',
  address: '10.0.0.1:10911',
  settings,
  why: 'create',
  differences: [],
} as const;

describe('what a plan says', () => {
  test('is done in its order: finalizer and claim before the first broker', async () => {
    const { cluster } = await see();
    const acting = {
      kind,
      object: object(),
      name: 'billing',
      cluster,
      context: world.kube.context,
    };
    await act(acting, [{ kind: 'AddFinalizer' }, { kind: 'Claim', isAdoption: true }, put]);
    expect(world.kube.writes).toEqual([
      'patch consumergroups shop/billing',
      'status consumergroups shop/billing',
    ]);
    expect(isClaimed(object(), kind)).toBe(true);
    expect(world.brokers[0]?.groups.get('billing')).toEqual(settings);
    expect(world.kube.events.map((event) => event.split(':')[0])).toEqual(['Adopted', 'Synced']);
  });

  test('comes back with what brokers refuse', async () => {
    const { cluster } = await see();
    for (const broker of world.brokers) broker.refusal = 'no';
    const acting = {
      kind,
      object: object(),
      name: 'billing',
      cluster,
      context: world.kube.context,
    };
    expect(await act(acting, [put])).toEqual(['orders-main-0: no']);
  });
});

test('a finalizer is set once, and taken off alone', async () => {
  const { context } = world.kube;
  const ours = { resource: resources.consumerGroups, name: kind.finalizer };
  await setFinalizer(context, object(), { ...ours, present: true });
  await setFinalizer(context, object(), { ...ours, present: true });
  expect(world.kube.writes).toHaveLength(1);
  const { metadata } = object();
  const shared = {
    ...object(),
    metadata: { ...metadata, finalizers: ['other/one', kind.finalizer] },
  };
  await setFinalizer(context, shared, { ...ours, present: false });
  expect(object().metadata.finalizers).toEqual(['other/one']);
});

describe('a namespace that goes', () => {
  const goes = () => {
    const { metadata } = object();
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    return { ...object(), metadata: { ...metadata, deletionTimestamp } };
  };
  const seen = async () =>
    (await observeEntity(kind, goes(), wanted, world.kube.context)).observed.isNamespaceTerminating;
  const refuse = (plural: string, message: string) => {
    const { client } = world.kube.context;
    const error = new KubeError(message, { status: 403, reason: 'Forbidden' });
    if (plural === 'namespaces') Object.assign(client, { find: () => Promise.reject(error) });
    else Object.assign(client, { apply: () => Promise.reject(error) });
  };

  test('is seen to go', async () => {
    expect(await seen()).toBe(false);
    const going = { metadata: { name: 'shop', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    Object.assign(world.kube.context.client, { find: () => Promise.resolve(going) });
    expect(await seen()).toBe(true);
  });

  test('is seen to go also without the right to look at it: it takes no new object', async () => {
    refuse('namespaces', 'namespaces "shop" is forbidden');
    expect(await seen()).toBe(false);
    refuse('configmaps', 'unable to create: the namespace shop is being terminated');
    expect(await seen()).toBe(true);
    refuse('configmaps', 'configmaps is forbidden');
    expect(await seen()).toBe(false);
  });
});

test('the time of the last agreement does not move while all stays well', () => {
  const plan = { actions: [], phase: 'Ready', conditions: [], isSynced: true } as const;
  const first = entityStatus(object(), plan, { extra: [], nowMs: 1000 });
  expect(first.syncedAt).toBe('1970-01-01T00:00:01Z');
  const next = entityStatus({ ...object(), status: first }, plan, { extra: [], nowMs: 9000 });
  expect(next.syncedAt).toBe(first.syncedAt);
  const { metadata } = object();
  const changed = { ...object(), metadata: { ...metadata, generation: 2 }, status: first };
  expect(entityStatus(changed, plan, { extra: [], nowMs: 9000 }).syncedAt).toBe(
    '1970-01-01T00:00:09Z',
  );
});

test('what brokers refuse is what an object is stalled by', () => {
  const plan = { actions: [], phase: 'Ready', conditions: [], isSynced: true } as const;
  expect(withRefusals(plan, [])).toBe(plan);
  expect(withRefusals(plan, ['a: no', 'b: no'])).toMatchObject({
    phase: 'Failed',
    conditions: [{}, { type: 'Stalled', message: 'a broker refused it: a: no; b: no' }],
  });
});
