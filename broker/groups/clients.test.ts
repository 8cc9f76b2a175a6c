import { expect, test } from 'vitest';
import {
  consumerConnection,
  consumerIdList,
  type HeartbeatData,
  heartbeatData,
  lockAnswer,
  lockRequest,
  producerConnection,
  subscriptionGroupConfig,
} from '../../protocol/bodies/mod.ts';
import { brokerRequests, type Command } from '../../protocol/mod.ts';
import { RemotingClient } from '../../remoting/mod.ts';
import { type Runtime, sleep } from '../../runtime/mod.ts';
import { BROKER_AT, pullHeader, sendHeader, withBroker } from '../../test/fakes/broker-world.ts';

const subscription = (topic: string, subVersion = 1) => ({
  classFilterMode: false,
  codeSet: [],
  expressionType: 'TAG',
  subString: '*',
  subVersion,
  tagsSet: [],
  topic,
});

function heartbeat(clientID: string, topics: readonly string[], subVersion = 1): HeartbeatData {
  return {
    clientID,
    consumerDataSet: [
      {
        consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
        consumeType: 'CONSUME_PASSIVELY',
        groupName: 'consumers',
        messageModel: 'CLUSTERING',
        subscriptionDataSet: topics.map((topic) => subscription(topic, subVersion)),
        unitMode: false,
      },
    ],
    heartbeatFingerprint: 0,
    producerDataSet: [{ groupName: 'producers' }],
    withoutSub: false,
  };
}

/** A client with a connection of its own, and what the broker told it unasked. */
class Client {
  readonly told: Command[] = [];
  readonly remoting: RemotingClient;

  constructor(runtime: Runtime) {
    this.remoting = new RemotingClient(runtime, {
      onRequest: (command) => this.told.push(command),
    });
  }

  beat(data: HeartbeatData): Promise<Command> {
    const { code } = brokerRequests.HEART_BEAT;
    return this.remoting.call(BROKER_AT, { code, body: heartbeatData.encode(data) });
  }

  get notices(): (string | undefined)[] {
    return this.told.filter(({ code }) => code === 40).map(({ fields }) => fields['consumerGroup']);
  }
}

test('members of a group are told when it changes, and only then', async () => {
  await withBroker([], async ({ runtime }) => {
    const [first, second] = [new Client(runtime), new Client(runtime)];
    await first.beat(heartbeat('first', ['orders']));
    await sleep(runtime.clock, 100);
    expect(first.notices).toEqual(['consumers']);
    await first.beat(heartbeat('first', ['orders'], 2));
    await sleep(runtime.clock, 100);
    expect(first.notices).toHaveLength(1);
    await second.beat(heartbeat('second', ['orders']));
    await sleep(runtime.clock, 100);
    expect([first.notices.length, second.notices.length]).toEqual([2, 1]);
    await second.beat(heartbeat('second', ['orders', 'more']));
    await sleep(runtime.clock, 100);
    expect([first.notices.length, second.notices.length]).toEqual([3, 2]);
    await second.remoting.close();
    await sleep(runtime.clock, 100);
    expect(first.notices).toHaveLength(4);
    await first.remoting.close();
  });
});

test('a group lists the members that are there', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    const list = async (): Promise<readonly string[]> => {
      const { code, body } = await ask('GET_CONSUMER_LIST_BY_GROUP', {
        consumerGroup: 'consumers',
      });
      return code === 0 ? consumerIdList.decode(body).consumerIdList : [];
    };
    const [first, second] = [new Client(runtime), new Client(runtime)];
    expect(await list()).toEqual([]);
    await first.beat(heartbeat('first', ['orders']));
    await second.beat(heartbeat('second', ['orders']));
    expect(await list()).toEqual(['first', 'second']);
    const leaving = { clientID: 'first', consumerGroup: 'consumers' };
    const { code, request } = brokerRequests.UNREGISTER_CLIENT;
    await first.remoting.call(BROKER_AT, { code, fields: request.encode(leaving) });
    expect(await list()).toEqual(['second']);
    await second.remoting.close();
    await sleep(runtime.clock, 100);
    expect(await list()).toEqual([]);
    await first.remoting.close();
  });
});

test('a client that sends no heartbeat for long is forgotten', async () => {
  await withBroker(['channelExpiredTimeout=30000'], async ({ ask, runtime }) => {
    const client = new Client(runtime);
    await client.beat(heartbeat('silent', ['orders']));
    await sleep(runtime.clock, 45_000);
    const { code } = await ask('GET_CONSUMER_LIST_BY_GROUP', { consumerGroup: 'consumers' });
    expect(code).toBe(1);
    await client.remoting.close();
  });
});

test('a brief heartbeat keeps what the full one with its fingerprint said', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    const client = new Client(runtime);
    const full = { ...heartbeat('c', ['orders']), heartbeatFingerprint: 7 };
    const brief = { ...full, withoutSub: true };
    expect((await client.beat(brief)).fields['IS_SUB_CHANGE']).toBe('true');
    expect((await client.beat(full)).fields['IS_SUB_CHANGE']).toBe('false');
    expect((await client.beat(brief)).fields['IS_SUB_CHANGE']).toBe('false');
    expect((await client.beat({ ...brief, heartbeatFingerprint: 8 })).fields['IS_SUB_CHANGE']).toBe(
      'true',
    );
    const { body } = await ask('GET_CONSUMER_CONNECTION_LIST', { consumerGroup: 'consumers' });
    const { subscriptionTable, connectionSet } = consumerConnection.decode(body);
    expect([...subscriptionTable.keys()]).toEqual(['orders']);
    expect(connectionSet.map(({ clientId }) => clientId)).toEqual(['c']);
    await client.remoting.close();
  });
});

test('a heartbeat makes the retry topic of its group, and says who produces', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    const client = new Client(runtime);
    await client.beat(heartbeat('c', ['orders']));
    const { body: topic } = await ask('GET_TOPIC_CONFIG', { topic: '%RETRY%consumers' });
    expect(JSON.parse(topic.toString())).toMatchObject({ perm: 6, readQueueNums: 1 });
    const { body } = await ask('GET_PRODUCER_CONNECTION_LIST', { producerGroup: 'producers' });
    expect(producerConnection.decode(body).connectionSet).toHaveLength(1);
    await client.remoting.close();
  });
});

test('a pull by the heartbeat’s subscription needs one, and a recent one', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
    const pull = (subVersion: number, topic = 'orders') =>
      ask('PULL_MESSAGE', pullHeader({ sysFlag: 0, subVersion, topic })).then(({ code }) => code);
    expect(await pull(1)).toBe(24);
    const client = new Client(runtime);
    await client.beat(heartbeat('c', ['orders'], 5));
    expect(await pull(6)).toBe(25);
    expect(await pull(5)).toBe(0);
    expect(await pull(5, 'BenchmarkTest')).toBe(24);
    await client.remoting.close();
  });
});

test('what an operator sets of a group holds', async () => {
  await withBroker([], async ({ ask, restart }) => {
    await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
    const config = { ...subscriptionGroupConfig.fallback(), groupName: 'consumers' };
    const put = (fields: Partial<typeof config>) =>
      ask(
        'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP',
        {},
        subscriptionGroupConfig.encode({ ...config, ...fields }),
      );
    await put({ consumeEnable: false });
    expect((await ask('PULL_MESSAGE', pullHeader())).code).toBe(16);
    await restart();
    expect((await ask('PULL_MESSAGE', pullHeader())).code).toBe(16);
    await put({ consumeEnable: true, retryMaxTimes: 3 });
    expect((await ask('PULL_MESSAGE', pullHeader())).code).toBe(0);
    const { body } = await ask('GET_SUBSCRIPTIONGROUP_CONFIG', { group: 'consumers' });
    expect(subscriptionGroupConfig.decode(body).retryMaxTimes).toBe(3);
    expect((await put({ groupName: 'a b' })).code).toBe(29);
    await ask('DELETE_SUBSCRIPTIONGROUP', { groupName: 'consumers', cleanOffset: true });
    const again = await ask('GET_SUBSCRIPTIONGROUP_CONFIG', { group: 'consumers' });
    expect(subscriptionGroupConfig.decode(again.body).retryMaxTimes).toBe(16);
  });
});

test('a group that is forbidden a topic cannot pull it by its heartbeat', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    await ask('SEND_MESSAGE', sendHeader(), Buffer.from('m'));
    const client = new Client(runtime);
    await client.beat(heartbeat('c', ['orders']));
    const pair = { group: 'consumers', topic: 'orders' };
    await ask('UPDATE_AND_GET_GROUP_FORBIDDEN', { ...pair, readable: false });
    expect((await ask('PULL_MESSAGE', pullHeader({ sysFlag: 0, subVersion: 1 }))).code).toBe(16);
    await ask('UPDATE_AND_GET_GROUP_FORBIDDEN', { ...pair, readable: true });
    expect((await ask('PULL_MESSAGE', pullHeader({ sysFlag: 0, subVersion: 1 }))).code).toBe(0);
    await client.remoting.close();
  });
});

test('queues are locked for one client of a group', async () => {
  await withBroker([], async ({ ask }) => {
    const mqSet = [{ brokerName: 'broker-a', queueId: 0, topic: 'orders' }];
    const request = (clientId: string) =>
      lockRequest.encode({ clientId, consumerGroup: 'consumers', mqSet, onlyThisBroker: false });
    const lock = async (clientId: string) =>
      lockAnswer.decode((await ask('LOCK_BATCH_MQ', {}, request(clientId))).body).lockOKMQSet;
    expect(await lock('a')).toEqual(mqSet);
    expect(await lock('b')).toEqual([]);
    await ask('UNLOCK_BATCH_MQ', {}, request('a'));
    expect(await lock('b')).toEqual(mqSet);
  });
});

test('a question about a client is passed on to it, and its answer back', async () => {
  await withBroker([], async ({ ask, runtime }) => {
    const asked = { consumerGroup: 'consumers', clientId: 'c' };
    expect((await ask('GET_CONSUMER_RUNNING_INFO', asked)).code).toBe(1);
    const remoting: RemotingClient = new RemotingClient(runtime, {
      onRequest: (command, connection) => {
        connection.send({
          ...command,
          code: 0,
          flag: 1,
          fields: {},
          body: Buffer.from('doing well'),
        });
      },
    });
    const { code } = brokerRequests.HEART_BEAT;
    await remoting.call(BROKER_AT, {
      code,
      body: heartbeatData.encode(heartbeat('c', ['orders'])),
    });
    const { body } = await ask('GET_CONSUMER_RUNNING_INFO', asked);
    expect(body.toString()).toBe('doing well');
    await remoting.close();
  });
});
