/** Groups that come get what the others have before clients are led to them; those that go are empty. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Consumer, Producer } from '../../../client/mod.ts';
import { nodeRuntime } from '../../../runtime/node/mod.ts';
import { until } from '../until.ts';
import { BrokerSetWorld } from './broker-set-world.ts';

let it: BrokerSetWorld;

beforeAll(async () => {
  it = await BrokerSetWorld.start();
});

afterAll(async () => {
  await it[Symbol.asyncDispose]();
});

const brokersOf = async (topic: string): Promise<string[]> => {
  const route = await it.admin((admin) => admin.findRoute(topic));
  return (route?.brokers ?? []).map(({ brokerName }) => brokerName).toSorted();
};

test('a new group is given the topics of the others, and only then clients are led to it', async () => {
  await it.admin((admin) => admin.putTopic({ topic: 'orders', cluster: 'it' }));
  await it.world.server.kubectl(['scale', 'brokerset', 'it', '--replicas=3']);
  await it.condition({ type: 'Reconciling', reason: 'ScaleOut' });
  await it.ready();
  await expect
    .poll(() => brokersOf('orders'), { timeout: 30_000 })
    .toEqual(['it-0', 'it-1', 'it-2']);
  const route = await it.admin((admin) => admin.findRoute('orders'));
  expect(new Set(route?.queues.map(({ perm }) => perm))).toEqual(new Set([6]));
  const file = await it.world.require('configmaps', 'it-2');
  expect(file['data']?.['broker.conf']).not.toContain('brokerPermission');
});

test('a group with messages that a group of consumers has not read stays', async () => {
  const runtime = nodeRuntime();
  const options = { nameServers: it.nameServers, host: '127.0.0.1', group: 'readers' };
  await using producer = Producer.start(runtime, options);
  const sent = Array.from({ length: 48 }, (_, count) => `message ${count}`);
  for (const body of sent) await producer.send({ topic: 'orders', body });
  await it.patch({ groups: 2 });
  await it.condition({ type: 'DrainBlocked', status: 'True', reason: 'NotEmpty' });
  expect(await brokersOf('orders')).toContain('it-2');

  const seen = new Set<string>();
  await using _consumer = await Consumer.start(runtime, {
    ...options,
    subscriptions: { orders: '*' },
    startFrom: 'first',
    onMessage: ({ body }) => {
      seen.add(body.toString('utf8'));
    },
  });
  await until(
    () => seen.size >= sent.length,
    () => `${seen.size} messages were read`,
  );
  expect(seen).toEqual(new Set(sent));
});

test('once everything is read it goes, and its claim is kept with what it was', async () => {
  await until(
    async () => (await it.world.find('statefulsets', 'it-2')) === undefined,
    async () => JSON.stringify((await it.world.require('brokersets', 'it'))['status']),
  );
  await it.ready();
  expect(await it.world.find('configmaps', 'it-2')).toBeUndefined();
  expect(await it.world.find('poddisruptionbudgets', 'it-2')).toBeUndefined();
  await expect.poll(() => brokersOf('orders'), { timeout: 30_000 }).toEqual(['it-0', 'it-1']);
  const claim = await it.world.require('persistentvolumeclaims', 'data-it-2-0');
  expect(claim.metadata.annotations).toMatchObject({
    'gantrymq.io/owner': 'BrokerSet/default/it/it-2/it',
    'gantrymq.io/drained-at': expect.any(String),
  });
});

test('a group that comes back takes its own claim again', async () => {
  await it.patch({ groups: 3 });
  await it.ready();
  await expect
    .poll(
      async () => {
        const claim = await it.world.require('persistentvolumeclaims', 'data-it-2-0');
        return claim.metadata.annotations?.['gantrymq.io/drained-at'];
      },
      { timeout: 30_000 },
    )
    .toBeUndefined();
});
