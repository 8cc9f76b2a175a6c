/** What operators ask of a cluster and change in it, against a small fake one. */
import { describe, expect, test } from 'vitest';
import { Producer } from '../../client/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { FakeCluster } from '../../test/fakes/cluster.ts';
import { FakeInvocation } from '../../test/fakes/invocation.ts';
import type { OutputForm } from '../output.ts';
import { changeConfig, listCluster, showConfig } from './brokers.ts';
import { listGroups, showProgress } from './groups.ts';
import { queryMessages, viewMessage } from './messages.ts';
import { createTopic, deleteTopic } from './topic-changes.ts';
import { listTopics, showRoute, showTopic } from './topics.ts';

interface World {
  readonly cluster: FakeCluster;
  readonly table: FakeInvocation;
  readonly json: FakeInvocation;
}

/** A cluster of two brokers with the topic `T` of two queues on each, eight messages in it. */
function world(seed: number, body: (world: World) => Promise<void>): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    const { nameServers } = cluster;
    cluster.topics.set('T', 2);
    await using producer = Producer.start(runtime, { nameServers });
    for (let count = 0; count < 8; count++) await producer.send({ topic: 'T', body: 'x' });
    const invocation = (form: OutputForm) => new FakeInvocation(runtime, nameServers, form);
    await body({ cluster, table: invocation('table'), json: invocation('json') });
  });
}

describe('brokers', () => {
  test('are listed, those that do not answer with the reason', () =>
    world(1, async ({ cluster, table, json }) => {
      const [first] = cluster.brokers;
      if (first !== undefined) await cluster.stopBroker(first);
      await listCluster(table);
      expect(table.printed).toHaveLength(3);
      expect(table.printed[1]).toMatch(/^c +broker-a +0 +127\.0\.0\.1:10911 +- .*10911/);
      expect(table.printed[2]).toMatch(/^c +broker-b .* fake +- +- +- +ready$/);
      await listCluster(json);
      expect(json.json()).toMatchObject([
        { brokerName: 'broker-a', version: null },
        { brokerName: 'broker-b', version: 'fake', state: 'ready' },
      ]);
    }));

  test('show the settings that were named, and refuse names that none has', () =>
    world(2, async ({ table, json }) => {
      await showConfig(table, ['path'], { broker: 'broker-b' });
      expect(table.printed.at(-1)).toBe('broker-b:0  path     C\\x=y');
      await showConfig(json, [], {});
      expect(json.json()).toMatchObject([
        { brokerName: 'broker-a', config: { brokerName: 'a', path: 'C\\x=y' } },
        { brokerName: 'broker-b' },
      ]);
      const unknown = showConfig(table, ['path', 'pth'], {});
      await expect(unknown).rejects.toMatchObject({
        exit: 'NotFound',
        message: expect.stringContaining('a setting pth:') as string,
      });
    }));

  test('change settings only where it was said', () =>
    world(3, async ({ cluster, table }) => {
      await expect(changeConfig(table, { a: '1' }, {})).rejects.toMatchObject({ exit: 'Usage' });
      const nobody = changeConfig(table, { a: '1' }, { broker: 'nobody' });
      await expect(nobody).rejects.toThrow('brokers are broker-a, broker-b');
      const nowhere = changeConfig(table, { a: '1' }, { cluster: 'd' });
      await expect(nowhere).rejects.toThrow('clusters are c');
      const sends = cluster.brokers.map((broker) => broker.sends.length);
      await changeConfig(table, { a: '1' }, { broker: '127.0.0.1:11011' });
      expect(cluster.brokers[0]?.sends).toHaveLength(sends[0] ?? -1);
      expect(cluster.brokers[1]?.sends.at(-1)?.body.toString()).toBe('a=1\n');
      expect(table.printed).toEqual(['broker-b:0 has a=1 now']);
    }));
});

describe('topics', () => {
  test("are listed without the cluster's own, unless all are asked for", () =>
    world(4, async ({ cluster, table, json }) => {
      for (const topic of ['%RETRY%g', '%DLQ%g', 'c', 'broker-a', 'c_REPLY_TOPIC', 'rmq_sys_x']) {
        cluster.topics.set(topic, 1);
      }
      await listTopics(table, {});
      expect(table.printed).toEqual(['TOPIC  KIND', 'T      normal']);
      await listTopics(json, { all: true });
      const kinds = json.json() as readonly { topic: string; kind: string }[];
      expect(new Map(kinds.map(({ topic, kind }) => [topic, kind]))).toEqual(
        new Map([
          ['%DLQ%g', 'dead letter'],
          ['%RETRY%g', 'retry'],
          ['T', 'normal'],
          ['TBW102', 'system'],
          ['broker-a', 'system'],
          ['c', 'system'],
          ['c_REPLY_TOPIC', 'system'],
          ['rmq_sys_x', 'system'],
        ]),
      );
    }));

  test('show where they are and what they hold', () =>
    world(5, async ({ table, json }) => {
      await showRoute(table, 'T');
      expect(table.printed[1]).toMatch(/^c +broker-a +0=127\.0\.0\.1:10911 +2 +2 +rw$/);
      await showTopic(json, 'T');
      expect(json.json()).toHaveLength(4);
      expect(json.json()).toMatchObject([
        { brokerName: 'broker-a', queueId: 0, messages: 2 },
        {},
        {},
        {},
      ]);
      for (const show of [showRoute, showTopic]) {
        await expect(show(table, 'X')).rejects.toMatchObject({ name: 'TopicNotFound' });
        await expect(show(table, 'a b')).rejects.toMatchObject({ name: 'InvalidParameter' });
      }
    }));

  test('are made where they are not yet', () =>
    world(6, async ({ cluster, table }) => {
      const attribute = { 'message.type': 'FIFO', gone: '' };
      await createTopic(table, 'N', { queues: 3, perm: 'r', attribute });
      expect(table.printed.slice(1)).toEqual([
        'N      c        broker-a  3     3      r     no',
        'N      c        broker-b  3     3      r     no',
      ]);
      for (const { sends } of cluster.brokers) {
        expect(sends.at(-1)?.fields).toMatchObject({
          topic: 'N',
          readQueueNums: '3',
          perm: '4',
          attributes: '+message.type=FIFO,-gone',
        });
      }
      const again = createTopic(table, 'T', { broker: 'broker-a' });
      await expect(again).rejects.toThrow(
        'Topic "T" is there already, on broker-a: change it with `gantry admin topic update T`',
      );
    }));

  test('are deleted where they are', () =>
    world(7, async ({ cluster, table }) => {
      await deleteTopic(table, 'T', {});
      expect(cluster.topics.has('T')).toBe(false);
      expect(table.printed).toEqual([
        'T is deleted with its messages, from 127.0.0.1:10911, 127.0.0.1:11011',
      ]);
      const again = deleteTopic(table, 'T', {});
      await expect(again).rejects.toMatchObject({ name: 'TopicNotFound' });
    }));
});

describe('groups', () => {
  test('are listed with how far behind they are', () =>
    world(8, async ({ cluster, table }) => {
      for (const topic of ['%RETRY%g', '%RETRY%g+T']) cluster.topics.set(topic, 1);
      cluster.brokers[0]?.offsets.set('g T 0', 1);
      await listGroups(table);
      expect(table.printed).toEqual(['GROUP  TOPICS  LAG  TPS', 'g      T       1    3.0']);
    }));

  test('show every queue; a group that never consumed is not there', () =>
    world(9, async ({ cluster, json, table }) => {
      cluster.brokers[0]?.offsets.set('g T 0', 1);
      cluster.brokers[1]?.offsets.set('g T 1', -1);
      await showProgress(json, 'g', {});
      expect(json.json()).toMatchObject({ group: 'g', lag: 3, tps: 3 });
      await showProgress(table, 'g', { topic: 'T' });
      expect(table.printed[1]).toMatch(/^T +broker-a:0 +2 +1 +1 +1970-01-01 00:00:00\.007Z$/);
      expect(table.printed.at(-1)).toBe('g is 3 messages behind, at 3.0/s');
      const nobody = showProgress(table, 'nobody', {});
      await expect(nobody).rejects.toMatchObject({ exit: 'NotFound' });
    }));
});

describe('messages', () => {
  test('are looked for where they can be', () =>
    world(10, async ({ table }) => {
      const id = '7F000001989A54224F007E6A1ADD0001';
      await expect(viewMessage(table, id, {})).rejects.toMatchObject({
        exit: 'NotFound',
        message: `There is no message with id ${id}; one that a producer made needs --topic too`,
      });
      const nowhere = queryMessages(table, { topic: 'X', key: 'k' });
      await expect(nowhere).rejects.toMatchObject({ name: 'TopicNotFound' });
    }));
});
