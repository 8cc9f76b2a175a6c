import { expect, test } from 'vitest';
import { brokerRequests, encodeRecord, Failure, type StoredMessage } from '../protocol/mod.ts';
import { dispatcher, type Handlers, RemotingServer } from '../remoting/mod.ts';
import { parseAddress, type Runtime } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { type FakeBroker, FakeCluster } from '../test/fakes/cluster.ts';
import type { SendResult } from './message.ts';
import { MessageSearch } from './message-search.ts';
import { Producer } from './producer.ts';

/** As brokers do: by hash, so that what was not asked for may be among it. */
function lookups({ queues }: FakeBroker): Partial<Handlers<typeof brokerRequests>> {
  const all = (): StoredMessage[] => [...queues.values()].flat();
  return {
    VIEW_MESSAGE_BY_ID: ({ header: { offset } }) => {
      const found = all().find(({ logOffset }) => logOffset === offset);
      if (found === undefined) throw new Failure('InternalError', 'no such offset');
      return { body: encodeRecord(found) };
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
  readonly search: MessageSearch;
  readonly sent: SendResult;
}

function world(seed: number, body: (world: World) => Promise<void>): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    await using servers = new AsyncDisposableStack();
    for (const broker of cluster.brokers) {
      await cluster.stopBroker(broker);
      const server = await listen(runtime, broker);
      servers.defer(() => server.close());
    }
    const { nameServers } = cluster;
    await using producer = Producer.start(runtime, { nameServers });
    await producer.send({ topic: 'T', body: 'other', keys: 'other' });
    const sent = await producer.send({ topic: 'T', body: 'sought', keys: ['a', 'b'] });
    cluster.topics.set('T', 4);
    await using search = MessageSearch.start(runtime, { nameServers });
    await body({ search, sent });
  });
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

test('an id that names the address of no broker is not asked for anywhere', () =>
  world(3, async ({ search, sent }) => {
    expect(await search.findByOffsetId(sent.messageId)).toBeUndefined();
    const isNone = search.findByOffsetId('nonsense');
    await expect(isNone).rejects.toMatchObject({ name: 'InvalidParameter' });
  }));

test('a topic that nobody has is refused', () =>
  world(4, async ({ search }) => {
    const unknown = search.findByKey({ topic: 'X', key: 'a' });
    await expect(unknown).rejects.toMatchObject({ name: 'TopicNotFound' });
  }));
