import { beforeEach, expect, test } from 'vitest';
import { EntityWorld } from '../../test/fakes/entity-world.ts';
import { resources } from '../kube/mod.ts';
import { consumerGroupReconciler } from './reconciler.ts';

const reconciler = consumerGroupReconciler();
let world: EntityWorld;

beforeEach(() => {
  world = new EntityWorld();
});

const settle = () => world.settle(reconciler, 'billing');
const onBrokers = () => world.brokers.map(({ groups }) => groups.get('billing'));

test('a group is made on every broker, and then left alone', async () => {
  world.put('ConsumerGroup', { name: 'billing' }, { retry: { maxTimes: 3 } });
  await settle();
  expect(onBrokers()).toMatchObject([{ retryTimesMax: 3 }, { retryTimesMax: 3 }]);
  expect(world.condition('consumerGroups', 'billing', 'Ready')).toMatchObject({ status: 'True' });
  expect(world.kube.find(resources.consumerGroups, 'billing')?.status).toMatchObject({
    groupName: 'billing',
    brokers: 2,
  });
  const written = world.kube.writes.length;
  await settle();
  expect(world.kube.writes).toHaveLength(written);
});

test('a group that goes is removed only with deletionPolicy Delete', async () => {
  world.put('ConsumerGroup', { name: 'billing' });
  await settle();
  world.kube.delete(resources.consumerGroups, 'billing');
  expect(onBrokers()).toMatchObject([{}, {}]);
  world.put('ConsumerGroup', { name: 'billing' }, { deletionPolicy: 'Delete' });
  await settle();
  world.kube.delete(resources.consumerGroups, 'billing');
  for (let round = 0; round < 3; round++) await settle();
  expect(onBrokers()).toEqual([undefined, undefined]);
  expect(world.kube.find(resources.consumerGroups, 'billing')).toBeUndefined();
});

test('a spec that cannot be used is told, and no broker asked', async () => {
  world.put('ConsumerGroup', { name: 'billing' }, { retry: { maxTimes: -1 } });
  await settle();
  expect(world.condition('consumerGroups', 'billing', 'Stalled')).toMatchObject({
    reason: 'InvalidSpec',
    message: expect.stringContaining('spec.retry.maxTimes'),
  });
});
