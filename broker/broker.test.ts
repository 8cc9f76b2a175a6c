import { expect, test } from 'vitest';
import {
  brokerRequests,
  decodeRecords,
  offsetMessageId,
  parseIp,
  parseProperties,
} from '../protocol/mod.ts';
import { RemotingClient } from '../remoting/mod.ts';
import { sleep } from '../runtime/mod.ts';
import { Simulation } from '../simulation/mod.ts';
import {
  BROKER_AT,
  type BrokerWorld,
  brokerConfig,
  pullHeader,
  sendHeader,
  withBroker,
} from '../test/fakes/broker-world.ts';
import { startBroker } from './mod.ts';

const body = Buffer.from('hello');

async function texts({ ask }: BrokerWorld): Promise<string[]> {
  const answer = await ask('PULL_MESSAGE', pullHeader());
  return answer.code === 0
    ? [...decodeRecords(answer.body)].map((record) => record.body.toString())
    : [];
}

test('what was sent is there after a clean stop', async () => {
  await withBroker([], async (world) => {
    for (const text of ['a', 'b']) await world.ask('SEND_MESSAGE', sendHeader(), Buffer.from(text));
    await world.restart();
    expect(await texts(world)).toEqual(['a', 'b']);
    const { fields } = await world.ask('SEND_MESSAGE', sendHeader(), Buffer.from('c'));
    expect(fields['queueOffset']).toBe('2');
    expect(await texts(world)).toEqual(['a', 'b', 'c']);
  });
});

test('a broker that is known by a name stores messages with an address', async () => {
  const named = ['brokerIP1=broker-a-0.brokers.shop.svc', 'storeHostAddress=2001:db8::2'];
  await withBroker(named, async ({ ask, client }) => {
    const answers = [
      await ask('SEND_MESSAGE', sendHeader(), body),
      await ask('SEND_MESSAGE_V2', { ...sendHeader(), bname: 'broker-a' }, body),
      await client.call(BROKER_AT, {
        code: brokerRequests.SEND_MESSAGE_V2.code,
        fields: brokerRequests.SEND_MESSAGE_V2.request.encode({
          ...sendHeader(),
          bname: 'broker-a',
        }),
        body,
        serialization: 'ROCKETMQ',
      }),
    ];
    const { body: pulled } = await ask('PULL_MESSAGE', pullHeader());
    const storeHost = { address: parseIp('2001:db8::2'), port: 10_911 };
    const records = [...decodeRecords(pulled)];
    expect(records.map((record) => record.storeHost)).toEqual([storeHost, storeHost, storeHost]);
    const ids = records.map((record) => offsetMessageId(storeHost, record.logOffset));
    expect(answers.map(({ fields }) => fields['msgId'])).toEqual(ids);
    const keys = records.map(({ properties }) => parseProperties(properties).get('UNIQ_KEY'));
    expect(new Set(keys).size).toBe(3);
  });
});

test('with a full disk sends are refused and reads go on; with room again sends go on', async () => {
  await withBroker([], async (world) => {
    const { ask, disk, runtime } = world;
    await ask('SEND_MESSAGE', sendHeader(), body);
    disk.full = true;
    const large = Buffer.alloc(100_000, 'x');
    const refused = await ask('SEND_MESSAGE', sendHeader(), large);
    expect(refused.code).toBe(14);
    expect(await texts(world)).toEqual(['hello']);
    disk.full = false;
    await sleep(runtime.clock, 11_000);
    const { code, fields } = await ask('SEND_MESSAGE', sendHeader(), body);
    expect([code, fields['queueOffset']]).toEqual([0, '1']);
    expect(await texts(world)).toEqual(['hello', 'hello']);
  });
});

test('one append that is refused takes no other with it', async () => {
  await withBroker([], async (world) => {
    const sends = ['a', 'x'.repeat(5_000_000), 'b'].map((text) =>
      world.ask('SEND_MESSAGE_V2', { ...sendHeader(), bname: 'broker-a' }, Buffer.from(text)),
    );
    const codes = (await Promise.all(sends)).map(({ code }) => code);
    expect(codes).toEqual([0, 13, 0]);
    expect(await texts(world)).toEqual(['a', 'b']);
  });
});

test('a second broker on the same store is refused, and the first goes on', async () => {
  await withBroker([], async (world) => {
    const other = brokerConfig(['listenPort=11911']);
    await expect(startBroker(world.runtime, other)).rejects.toMatchObject({ code: 'InUse' });
    expect((await world.ask('SEND_MESSAGE', sendHeader(), body)).code).toBe(0);
  });
});

test('a port in use is told, and the store is free again', async () => {
  const simulation = new Simulation(1);
  const runtime = simulation.host('broker').boot();
  const run = async (): Promise<void> => {
    const events = { onData: () => undefined, onDrain: () => undefined, onClose: () => undefined };
    for (const port of [10_911, 10_909]) {
      const taken = await runtime.network.listen({ host: '127.0.0.1', port }, () => events);
      const start = startBroker(runtime, brokerConfig());
      await expect(start).rejects.toMatchObject({ code: 'AddressInUse' });
      await taken.close();
    }
    const broker = await startBroker(runtime, brokerConfig());
    await broker.close();
  };
  await simulation.settle(run());
});

test('the second port takes sends and no pulls', async () => {
  await withBroker([], async ({ runtime }) => {
    await using client = new RemotingClient(runtime);
    const fields = Object.fromEntries(
      Object.entries(sendHeader()).map(([name, value]) => [name, String(value)]),
    );
    const sent = await client.call('127.0.0.1:10909', { code: 10, fields, body });
    expect(sent.code).toBe(0);
    const pulled = await client.call('127.0.0.1:10909', { code: 11, fields: {} });
    expect([pulled.code, pulled.remark]).toEqual([3, ' request type 11 not supported']);
  });
});

test('a waiting pull is answered when the broker stops', async () => {
  await withBroker([], async ({ ask, broker, runtime }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    const waits = { queueOffset: 1, sysFlag: 6, suspendTimeoutMillis: 30_000 };
    const waiting = ask('PULL_MESSAGE', pullHeader(waits));
    await sleep(runtime.clock, 1_000);
    await broker.close();
    expect((await waiting).code).toBe(19);
  });
});

test('metrics have the names and labels of RocketMQ', async () => {
  await withBroker([], async ({ ask, broker }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    await ask('PULL_MESSAGE', pullHeader());
    expect(broker.registry.labels).toEqual({
      cluster: 'DefaultCluster',
      node_type: 'broker',
      node_id: 'broker-a',
    });
    const shown = new Map<string, { labels: object; value: number }[]>();
    for (const family of broker.registry.families()) {
      shown.set(family.name, [...family.samples()]);
    }
    const sent = { topic: 'orders', message_type: 'normal', is_system: 'false' };
    expect(shown.get('rocketmq_messages_in_total')).toEqual([
      { suffix: '', labels: sent, value: 1 },
    ]);
    expect(shown.get('rocketmq_messages_out_total')).toEqual([
      {
        suffix: '',
        labels: { topic: 'orders', consumer_group: 'consumers', is_system: 'false' },
        value: 1,
      },
    ]);
    expect(shown.get('rocketmq_broker_permission')).toEqual([{ suffix: '', labels: {}, value: 6 }]);
    expect(shown.get('gantry_store_clean_failures_total')).toEqual([
      { suffix: '', labels: {}, value: 0 },
    ]);
    const [total] = shown.get('gantry_disk_total_bytes') ?? [];
    const [free] = shown.get('gantry_disk_free_bytes') ?? [];
    const [used] = shown.get('rocketmq_storage_size_bytes') ?? [];
    expect(free?.value).toBeGreaterThan(0);
    expect(used?.value).toBe((total?.value ?? 0) - (free?.value ?? 0));
    const sizes = shown.get('rocketmq_message_size') ?? [];
    expect(sizes[0]).toMatchObject({ labels: { ...sent, le: '1024' }, value: 1 });
  });
});
