import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/mod.ts';
import {
  brokerMemberGroupAnswer,
  clusterInfo,
  dataVersion,
  kvTable,
  registration,
  topicList,
  topicRouteData,
} from '../protocol/bodies/mod.ts';
import { brokerRequests, nameServerRequests } from '../protocol/mod.ts';
import { RemotingClient } from '../remoting/mod.ts';
import { formatAddress, type Runtime, sleep } from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { oddRequests } from '../test/fakes/odd-requests.ts';
import { nameServerSchema } from './config.ts';
import { type NameServer, startNameServer } from './main.ts';

const N = nameServerRequests;
const FILE = '/etc/namesrv.conf';

/** A name server and a client of it. */
function world(
  seed: number,
  settings: readonly string[],
  body: (parts: {
    runtime: Runtime;
    server: NameServer;
    client: RemotingClient;
    at: string;
  }) => Promise<void>,
): Promise<void> {
  return simulated(seed, async (runtime) => {
    const { config } = loadConfig(nameServerSchema, {
      assignments: ['listenPort=9876', ...settings],
      host: { name: 'n', address: '10.0.0.1', homeFolder: '/home', environment: {} },
    });
    runtime.disk.makeFolder('/etc');
    await using server = await startNameServer(runtime, config, { configFile: FILE });
    await using client = new RemotingClient(runtime);
    await body({
      runtime,
      server,
      client,
      at: formatAddress({ ...server.address, host: '127.0.0.1' }),
    });
  });
}

const identity = (name: string) => ({
  brokerName: name,
  brokerAddr: `${name}.example:10911`,
  clusterName: 'c',
  brokerId: 0,
});

const topicConfig = (topicName: string, topicSysFlag = 0) => ({
  attributes: new Map<string, string>(),
  order: false,
  perm: 6,
  readQueueNums: 4,
  topicFilterType: 'SINGLE_TAG' as const,
  topicName,
  topicSysFlag,
  writeQueueNums: 4,
});

function registered(topics: readonly (readonly [string, number?])[], counter = 1): Buffer {
  const { topicConfigSerializeWrapper } = registration.fallback();
  return registration.encode({
    filterServerList: [],
    topicConfigSerializeWrapper: {
      ...topicConfigSerializeWrapper,
      dataVersion: { counter, stateVersion: 0, timestamp: 7 },
      topicConfigTable: new Map(topics.map(([name, flag]) => [name, topicConfig(name, flag)])),
    },
  });
}

function register(
  client: RemotingClient,
  at: string,
  name = 'a',
  extra: Partial<{
    bodyCrc32: number;
    heartbeatTimeoutMillis: number;
    brokerId: number;
    brokerAddr: string;
  }> = {},
) {
  return client.request(at, N.REGISTER_BROKER, {
    header: { ...identity(name), haServerAddr: 'ha:1', ...extra },
    body: registered([['T'], ['Unit', 1], ['Subscribed', 2]]),
  });
}

const topicsOf = (body: Buffer) => [...topicList.decode(body).topicList];

describe('a name server', () => {
  test('tells clients where the topics of registered brokers are', () =>
    world(1, [], async ({ client, at }) => {
      await register(client, at);
      const { body } = await client.request(at, N.GET_ROUTEINFO_BY_TOPIC, {
        header: { topic: 'T' },
      });
      expect(topicRouteData.decode(body)).toMatchObject({
        brokerDatas: [
          { brokerName: 'a', cluster: 'c', brokerAddrs: new Map([[0, 'a.example:10911']]) },
        ],
        queueDatas: [{ brokerName: 'a', perm: 6, readQueueNums: 4, writeQueueNums: 4 }],
      });
    }));

  test('answers in standard JSON to who can read it, and as Java does to who cannot', () =>
    world(2, [], async ({ client, at }) => {
      await register(client, at);
      const ask = async (version: number, fields: Record<string, string> = {}) => {
        const request = { code: 105, version, fields: { topic: 'T', ...fields } };
        return (await client.call(at, request)).body.toString();
      };
      expect(await ask(401)).toContain('"brokerAddrs":{"0":');
      expect(await ask(400)).toContain('"brokerAddrs":{0:');
      expect(await ask(400, { acceptStandardJsonOnly: 'true' })).toContain('{"0":');
      const zone = { __ZONE_MODE: 'true', __ZONE_NAME: 'z' };
      expect(topicRouteData.decode(Buffer.from(await ask(479, zone))).brokerDatas).toEqual([]);
    }));

  test('says 17 with the usual remark for a topic that nobody has', () =>
    world(3, [], async ({ client, at }) => {
      const answer = await client.call(at, { code: 105, fields: { topic: 'X' } });
      expect(answer).toMatchObject({
        code: 17,
        remark:
          'No topic route info in name server for the topic: X\n' +
          'See https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.',
      });
    }));

  test('lists clusters, brokers and topics', () =>
    world(4, [], async ({ client, at }) => {
      await register(client, at, 'a');
      await register(client, at, 'b');
      const header = {};
      const info = await client.request(at, N.GET_BROKER_CLUSTER_INFO, { header });
      expect(info.body.toString()).toContain('"brokerAddrs":{"0":');
      expect(clusterInfo.decode(info.body).clusterAddrTable).toEqual(new Map([['c', ['a', 'b']]]));
      const list = async (code: number, fields = {}) => {
        return topicsOf((await client.call(at, { code, fields })).body);
      };
      expect(await list(206)).toEqual(['T', 'Unit', 'Subscribed']);
      expect(await list(224, { cluster: 'c' })).toEqual(['T', 'Unit', 'Subscribed']);
      expect(await list(224, { cluster: 'nowhere' })).toEqual([]);
      expect(await list(304)).toEqual(['c', 'a', 'b']);
      expect(await list(311)).toEqual(['Unit']);
      expect(await list(312)).toEqual(['Subscribed']);
      expect(await list(313)).toEqual(['Subscribed']);
      const members = await client.request(at, N.GET_BROKER_MEMBER_GROUP, {
        header: { clusterName: 'c', brokerName: 'a' },
      });
      expect(brokerMemberGroupAnswer.decode(members.body).brokerMemberGroup).toMatchObject({
        brokerAddrs: new Map([[0, 'a.example:10911']]),
      });
    }));

  test('gives no lists when told so', () =>
    world(5, ['enableTopicList=false', 'enableAllTopicList=false'], async ({ client, at }) => {
      for (const [code, fields] of [
        [206, {}],
        [224, { cluster: 'c' }],
        [311, {}],
      ] as const) {
        const answer = await client.call(at, { code, fields });
        expect(answer).toMatchObject({ code: 1, remark: 'disable' });
      }
    }));

  test('refuses a damaged registration, one without a name, one with a single new topic', () =>
    world(6, [], async ({ client, at }) => {
      const damaged = register(client, at, 'a', { bodyCrc32: 1 });
      await expect(damaged).rejects.toMatchObject({ code: 1, remark: 'crc32 not match' });
      const single = client.request(at, N.REGISTER_BROKER, {
        header: { ...identity('a'), haServerAddr: '' },
        body: registered([['T']]),
      });
      await expect(single).rejects.toMatchObject({ code: 1, remark: 'register broker failed' });
      await expect(register(client, at, '')).rejects.toThrow('"brokerName" must not be empty');
      const garbage = client.request(at, N.REGISTER_BROKER, {
        header: { ...identity('a'), haServerAddr: '' },
        body: Buffer.from('{"topicConfigSerializeWrapper":7}'),
      });
      await expect(garbage).rejects.toMatchObject({ code: 1 });
      expect(topicsOf((await client.call(at, { code: 206 })).body)).toEqual([]);
    }));

  test('takes a broker out when it says goodbye', () =>
    world(7, [], async ({ client, at, runtime }) => {
      await register(client, at);
      await client.request(at, N.UNREGISTER_BROKER, { header: identity('a') });
      await sleep(runtime.clock, 1);
      expect(await client.call(at, { code: 105, fields: { topic: 'T' } })).toMatchObject({
        code: 17,
      });
    }));

  test('refuses goodbyes beyond what a turn can take, and drops those brokers all the same', () =>
    world(18, ['unRegisterBrokerQueueCapacity=1'], async ({ client, at, runtime }) => {
      const names = ['a', 'b', 'd'];
      for (const name of names) await register(client, at, name);
      const goodbyes = names.map((name) =>
        client.request(at, N.UNREGISTER_BROKER, { header: identity(name) }),
      );
      const outcomes = await Promise.allSettled(goodbyes);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(2);
      expect(refused[0]).toMatchObject({ reason: { code: 1 } });
      await client.close();
      await sleep(runtime.clock, 130_000);
      const other = new RemotingClient(runtime);
      expect(topicsOf((await other.call(at, { code: 206 })).body)).toEqual([]);
      await other.close();
    }));

  test('takes a broker out when its connection ends', () =>
    world(8, [], async ({ client, at, runtime }) => {
      const broker = new RemotingClient(runtime);
      await register(broker, at);
      expect(topicsOf((await client.call(at, { code: 206 })).body)).toHaveLength(3);
      await broker.close();
      await sleep(runtime.clock, 100);
      expect(topicsOf((await client.call(at, { code: 206 })).body)).toEqual([]);
    }));

  test('takes a silent broker out after its time, and keeps those that give signs of life', () =>
    world(9, [], async ({ runtime, client, at }) => {
      const names = ['silent', 'asking', 'beating'];
      const brokers = names.map(() => new RemotingClient(runtime));
      for (const [place, broker] of brokers.entries()) {
        await register(broker, at, names[place], { heartbeatTimeoutMillis: 10_000 });
      }
      const [, asking, beating] = brokers;
      const body = dataVersion.encode({ counter: 1, stateVersion: 0, timestamp: 7 });
      for (let step = 0; step < 8; step++) {
        await sleep(runtime.clock, 3000);
        const header = identity('asking');
        const known = await asking?.request(at, N.QUERY_DATA_VERSION, { header, body });
        expect(known?.header.changed).toBe(false);
        const fields = N.BROKER_HEARTBEAT.request.encode(identity('beating'));
        await beating?.notify(at, { code: N.BROKER_HEARTBEAT.code, fields });
      }
      const info = await client.request(at, N.GET_BROKER_CLUSTER_INFO, { header: {} });
      const left = clusterInfo.decode(info.body).brokerAddrTable;
      expect([...left.keys()]).toEqual(['asking', 'beating']);
      // Its connection, from which nothing will come any more, is closed as well.
      expect(brokers.map(({ connected }) => connected.length)).toEqual([0, 1, 1]);
      await Promise.all(brokers.map((broker) => broker.close()));
    }));

  test('tells brokers whether their topics are known in this version', () =>
    world(10, [], async ({ client, at }) => {
      const ask = (counter: number) =>
        client.request(at, N.QUERY_DATA_VERSION, {
          header: identity('a'),
          body: dataVersion.encode({ counter, stateVersion: 0, timestamp: 7 }),
        });
      const before = await ask(1);
      expect([before.header.changed, before.body.length]).toEqual([true, 0]);
      await register(client, at);
      expect((await ask(1)).header.changed).toBe(false);
      const later = await ask(2);
      expect(later.header.changed).toBe(true);
      expect(dataVersion.decode(later.body).counter).toBe(1);
    }));

  test('registers and deletes a single topic, and sets permissions', () =>
    world(11, [], async ({ client, at }) => {
      await register(client, at);
      const route = topicRouteData.fallback();
      const queue = {
        brokerName: 'a',
        perm: 6,
        readQueueNums: 1,
        topicSysFlag: 0,
        writeQueueNums: 1,
      };
      await client.request(at, N.REGISTER_TOPIC_IN_NAMESRV, {
        header: { topic: 'N' },
        body: topicRouteData.encode({ ...route, queueDatas: [queue] }),
      });
      const wiped = await client.request(at, N.WIPE_WRITE_PERM_OF_BROKER, {
        header: { brokerName: 'a' },
      });
      expect(wiped.header).toEqual({ wipeTopicCount: 4 });
      const perm = async () => {
        const { body } = await client.request(at, N.GET_ROUTEINFO_BY_TOPIC, {
          header: { topic: 'N' },
        });
        return topicRouteData.decode(body).queueDatas[0]?.perm;
      };
      expect(await perm()).toBe(4);
      const added = await client.request(at, N.ADD_WRITE_PERM_OF_BROKER, {
        header: { brokerName: 'a' },
      });
      expect(added.header).toEqual({ addTopicCount: 4 });
      expect(await perm()).toBe(6);
      await client.request(at, N.DELETE_TOPIC_IN_NAMESRV, {
        header: { topic: 'N', clusterName: 'c' },
      });
      await client.request(at, N.DELETE_TOPIC_IN_NAMESRV, { header: { topic: 'T' } });
      expect(topicsOf((await client.call(at, { code: 206 })).body)).toEqual(['Unit', 'Subscribed']);
    }));

  test('keeps keys and values, and tells brokers and clients of ordered topics', () =>
    world(12, ['orderMessageEnable=true'], async ({ client, at }) => {
      const namespace = 'ORDER_TOPIC_CONFIG';
      const header = { namespace, key: 'T', value: 'a:4' };
      await client.request(at, N.PUT_KV_CONFIG, { header });
      const { body } = await register(client, at);
      expect(kvTable.decode(body).table).toEqual(new Map([['T', 'a:4']]));
      const route = await client.request(at, N.GET_ROUTEINFO_BY_TOPIC, { header: { topic: 'T' } });
      expect(topicRouteData.decode(route.body).orderTopicConf).toBe('a:4');
      const found = await client.request(at, N.GET_KV_CONFIG, { header });
      expect(found.header.value).toBe('a:4');
      const list = await client.request(at, N.GET_KVLIST_BY_NAMESPACE, { header });
      expect(kvTable.decode(list.body).table.size).toBe(1);
      await client.request(at, N.DELETE_KV_CONFIG, { header });
      await expect(client.request(at, N.GET_KV_CONFIG, { header })).rejects.toMatchObject({
        code: 22,
      });
      await expect(client.request(at, N.GET_KVLIST_BY_NAMESPACE, { header })).rejects.toMatchObject(
        {
          code: 22,
        },
      );
      const nameless = { ...header, namespace: '' };
      await expect(client.request(at, N.PUT_KV_CONFIG, { header: nameless })).rejects.toMatchObject(
        {
          code: 1,
          remark: 'namespace or key is null',
        },
      );
    }));

  test('shows its settings and changes those that may change, in the file too', () =>
    world(13, [], async ({ client, at, runtime, server }) => {
      const file = runtime.disk.open(FILE, 'create');
      file.write(Buffer.from('# mine\nlistenPort=9876\n'), 0);
      file.close();
      const change = (text: string) =>
        client.request(at, N.UPDATE_NAMESRV_CONFIG, { header: {}, body: Buffer.from(text) });
      await change('needWaitForService=true\nwaitSecondsForService=3600\n');
      expect(server.ready()).toBe(false);
      await expect(change('kvConfigPath=/x')).rejects.toMatchObject({
        code: 16,
        remark: 'Can not update config in black list.',
      });
      await expect(change('listenPort=1')).rejects.toMatchObject({ code: 29 });
      await expect(change('waitSecondsForService=soon')).rejects.toMatchObject({ code: 29 });
      await expect(change('a=\\u12')).rejects.toMatchObject({ code: 1 });
      const shown = await client.request(at, N.GET_NAMESRV_CONFIG, { header: {} });
      expect(shown.body.toString()).toContain('\nwaitSecondsForService=3600\n');
      const saved = runtime.disk.open(FILE, 'existing');
      const bytes = Buffer.alloc(saved.size());
      saved.read(bytes, 0);
      expect(bytes.toString()).toBe(
        '# mine\nlistenPort=9876\nneedWaitForService=true\nwaitSecondsForService=3600\n',
      );
    }));

  test('answers no routes until brokers had time to register, when told to wait', () => {
    const settings = ['needWaitForService=true', 'waitSecondsForService=10'];
    return world(14, settings, async ({ client, at, runtime, server }) => {
      await register(client, at);
      const ask = () => client.call(at, { code: 105, fields: { topic: 'T' } });
      expect(await ask()).toMatchObject({ code: 1, remark: 'name server not ready' });
      await sleep(runtime.clock, 10_000);
      expect(await ask()).toMatchObject({ code: 0 });
      expect(server.ready()).toBe(true);
    });
  });

  test('shows a slave as master where that is allowed, and tells the members', () => {
    const settings = ['supportActingMaster=true', 'notifyMinBrokerIdChanged=true'];
    return world(15, settings, async ({ client, at, runtime }) => {
      const told: Record<string, string>[] = [];
      const slaveAddr = '127.0.0.1:10921';
      await runtime.network.listen({ host: '0.0.0.0', port: 10_921 }, () => ({
        onData: (bytes) => void told.push({ text: bytes.toString() }),
        onDrain: () => undefined,
        onClose: () => undefined,
      }));
      const body = registered([['T'], ['U']]);
      const allowed = { ...identity('a'), haServerAddr: 'ha:1', enableActingMaster: true };
      await client.request(at, N.REGISTER_BROKER, { header: allowed, body });
      const slave = { ...allowed, brokerId: 1, brokerAddr: slaveAddr };
      const reply = await client.request(at, N.REGISTER_BROKER, { header: slave, body });
      expect(reply.header).toEqual({ masterAddr: 'a.example:10911', haServerAddr: 'ha:1' });
      await client.request(at, N.UNREGISTER_BROKER, { header: identity('a') });
      await sleep(runtime.clock, 100);
      const route = await client.request(at, N.GET_ROUTEINFO_BY_TOPIC, { header: { topic: 'T' } });
      expect(topicRouteData.decode(route.body)).toMatchObject({
        brokerDatas: [{ brokerAddrs: new Map([[0, slaveAddr]]) }],
        queueDatas: [{ perm: 4 }],
      });
      expect(told[0]?.['text']).toContain(
        `"code":${brokerRequests.NOTIFY_MIN_BROKER_ID_CHANGE.code}`,
      );
      expect(told[0]?.['text']).toContain('"offlineBrokerAddr":"a.example:10911"');
    });
  });

  test('does not start on a table of keys that it cannot read', () =>
    simulated(16, async (runtime) => {
      runtime.disk.makeFolder('/home/namesrv');
      const file = runtime.disk.open('/home/namesrv/kvConfig.json', 'create');
      file.write(Buffer.from('{"configTable":{"a":'), 0);
      const { config } = loadConfig(nameServerSchema, {
        host: { name: 'n', address: '10.0.0.1', homeFolder: '/home', environment: {} },
      });
      await expect(startNameServer(runtime, config)).rejects.toThrow('kvConfigPath');
    }));

  test('does not start on a port that is taken', () =>
    world(17, [], async ({ runtime, server }) => {
      const { config } = loadConfig(nameServerSchema, {
        assignments: [`listenPort=${server.address.port}`],
        host: { name: 'n', address: '10.0.0.1', homeFolder: '/other', environment: {} },
      });
      await expect(startNameServer(runtime, config)).rejects.toMatchObject({
        code: 'AddressInUse',
      });
    }));
});

test('whatever is asked is answered or refused, and does not take the name server with it', async () => {
  const requests = fc.array(oddRequests(N, ['UPDATE_NAMESRV_CONFIG']), { minLength: 20 });
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      await world(1, [], async ({ client, at }) => {
        for (const request of asked) {
          expect((await client.call(at, request)).code).toBeGreaterThanOrEqual(0);
        }
      });
    }),
    { numRuns: 50 },
  );
});
