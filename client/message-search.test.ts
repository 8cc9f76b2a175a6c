import { describe, expect, test } from 'vitest';
import {
  brokerRequests,
  encodeRecord,
  Failure,
  type Host,
  offsetMessageId,
  parseIp,
  parseOffsetMessageId,
  type StoredMessage,
} from '../protocol/mod.ts';
import { dispatcher, type Handlers, RemotingServer } from '../remoting/mod.ts';
import { parseAddress, type Runtime } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { type FakeBroker, FakeCluster } from '../test/fakes/cluster.ts';
import type { SendResult } from './message.ts';
import { MessageSearch } from './message-search.ts';
import { Producer } from './producer.ts';

/** An offset inside of a message: Java brokers answer with the bytes that are there. */
const GARBAGE_AT = 1_000_000;

/** As brokers do: by hash, so that what was not asked for may be among it. */
function lookups(broker: FakeBroker): Partial<Handlers<typeof brokerRequests>> {
  const all = (): StoredMessage[] => [...broker.queues.values()].flat();
  return {
    VIEW_MESSAGE_BY_ID: ({ header: { offset } }) => {
      if (offset === GARBAGE_AT) return { body: Buffer.alloc(100, 'garbage') };
      return broker.viewMessage(offset);
    },
    QUERY_MESSAGE: ({ header: { topic, key } }) => {
      const found = all().filter((message) => message.topic === topic);
      if (key === 'none') throw new Failure('NotFound', 'no such key');
      const header = { indexLastUpdateTimestamp: 0, indexLastUpdatePhyoffset: 0 };
      return { header, body: Buffer.concat(found.map((message) => encodeRecord(message))) };
    },
  };
}

interface World {
  readonly cluster: FakeCluster;
  readonly search: MessageSearch;
  /** The message that is sought. */
  readonly sent: SendResult;
  /** The broker cannot be reached from now on. */
  stop(brokerName: string): Promise<void>;
}

function world(seed: number, body: (world: World) => Promise<void>): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    await using stack = new AsyncDisposableStack();
    const servers = new Map<string, RemotingServer>();
    for (const broker of cluster.brokers) {
      await cluster.stopBroker(broker);
      const server = await listen(runtime, broker);
      servers.set(broker.name, server);
      stack.defer(() => server.close());
    }
    const { nameServers } = cluster;
    await using producer = Producer.start(runtime, { nameServers });
    await producer.send({ topic: 'T', body: 'other', keys: 'other' });
    const sent = await producer.send({ topic: 'T', body: 'sought', keys: ['a', 'b'] });
    cluster.topics.set('T', 4);
    await using search = MessageSearch.start(runtime, { nameServers });
    const stop = async (name: string): Promise<void> => servers.get(name)?.close();
    await body({ cluster, search, sent, stop });
  });
}

/** As if the broker of the message had been elsewhere when it was stored: the id it has then. */
function storedAt(address: string, { cluster, sent }: World): string {
  const storeHost = moveMessages(brokerOf(cluster, sent), address);
  return offsetMessageId(storeHost, parseOffsetMessageId(sent.offsetMessageId).logOffset);
}

function moveMessages({ queues }: FakeBroker, address: string): Host {
  const [ip = '', port] = address.split(':');
  const storeHost = { address: parseIp(ip), port: Number(port) };
  for (const [key, messages] of queues) {
    queues.set(
      key,
      messages.map((message) => ({ ...message, storeHost })),
    );
  }
  return storeHost;
}

function brokerOf({ brokers }: FakeCluster, { queue }: SendResult): FakeBroker {
  return brokers.find(({ name }) => name === queue.brokerName) as FakeBroker;
}

function otherBroker({ brokers }: FakeCluster, { queue }: SendResult): FakeBroker {
  return brokers.find(({ name }) => name !== queue.brokerName) as FakeBroker;
}

function listen(runtime: Runtime, broker: FakeBroker): Promise<RemotingServer> {
  const address = parseAddress(broker.address);
  if (address === undefined) throw new Error(`${broker.address} is no address`);
  const handlers = { ...broker.handlers(), ...lookups(broker) };
  const parts = { dispatcher: dispatcher(runtime, brokerRequests, handlers) };
  return RemotingServer.listen(runtime, { address }, parts);
}

const bodies = (messages: readonly { readonly body: Buffer }[]): string[] =>
  messages.map(({ body }) => body.toString());

test('a message is found by any of its keys, and by nothing that only has its hash', () =>
  world(1, async ({ search }) => {
    for (const key of ['a', 'b']) {
      expect(bodies(await search.findByKey({ topic: 'T', key }))).toEqual(['sought']);
    }
    expect(await search.findByKey({ topic: 'T', key: 'c' })).toEqual([]);
    expect(await search.findByKey({ topic: 'T', key: 'none' })).toEqual([]);
  }));

test("a message is found by its producer's id and by its broker's", () =>
  world(2, async ({ search, sent }) => {
    expect(bodies(await search.findById('T', sent.messageId))).toEqual(['sought']);
    const found = await search.findByOffsetId(sent.offsetMessageId);
    expect(found).toMatchObject({
      messageId: sent.messageId,
      offsetMessageId: sent.offsetMessageId,
      brokerName: sent.queue.brokerName,
    });
    const gone = `${sent.offsetMessageId.slice(0, 16)}00000000FFFFFFFF`;
    expect(await search.findByOffsetId(gone)).toBeUndefined();
  }));

describe('a message whose id names an address', () => {
  test('that no broker has now is found by asking all of them', () =>
    world(3, async (it) => {
      const id = storedAt('10.0.0.7:10911', it);
      expect(await it.search.findByOffsetId(id.toLowerCase())).toMatchObject({
        offsetMessageId: id,
        messageId: it.sent.messageId,
      });
    }));

  test('that another broker has now is found where it is', () =>
    world(4, async (it) => {
      const other = otherBroker(it.cluster, it.sent);
      moveMessages(other, '10.0.0.8:10911');
      const id = storedAt(other.address, it);
      const found = await it.search.findByOffsetId(id);
      expect(found?.brokerName).toBe(it.sent.queue.brokerName);
    }));

  test('is not called missing while a broker cannot be asked', () =>
    world(5, async (it) => {
      const id = storedAt('10.0.0.7:10911', it);
      await it.stop(otherBroker(it.cluster, it.sent).name);
      expect(await it.search.findByOffsetId(id)).toMatchObject({ offsetMessageId: id });
      await it.stop(it.sent.queue.brokerName);
      await expect(it.search.findByOffsetId(id)).rejects.toThrow(/Cannot connect/);
    }));
});

test('another message at the same offset is not what was sought', () =>
  world(6, async (it) => {
    const before = it.sent.offsetMessageId;
    storedAt('10.0.0.7:10911', it);
    expect(await it.search.findByOffsetId(before)).toBeUndefined();
    expect(await it.search.findByOffsetId(it.sent.messageId)).toBeUndefined();
  }));

test('what is no id is refused', () =>
  world(7, async ({ search }) => {
    const unreadable = search.findByOffsetId('nonsense');
    await expect(unreadable).rejects.toMatchObject({ name: 'InvalidParameter' });
  }));

test('bytes in which no message begins are no message', () =>
  world(8, async ({ search, sent }) => {
    const inside = `${sent.offsetMessageId.slice(0, 16)}${GARBAGE_AT.toString(16).padStart(16, '0')}`;
    expect(await search.findByOffsetId(inside)).toBeUndefined();
  }));

test('a topic that nobody has is refused', () =>
  world(9, async ({ search }) => {
    const unknown = search.findByKey({ topic: 'X', key: 'a' });
    await expect(unknown).rejects.toMatchObject({ name: 'TopicNotFound' });
  }));
