import { expect, test } from 'vitest';
import { registration as registrationBody } from '../../protocol/bodies/mod.ts';
import { brokerRequests, crc32, Failure, nameServerRequests } from '../../protocol/mod.ts';
import { dispatcher, RemotingClient, RemotingServer } from '../../remoting/mod.ts';
import { type Runtime, sleep } from '../../runtime/mod.ts';
import { type Host, Simulation } from '../../simulation/mod.ts';
import { brokerConfig, sendHeader } from '../../test/fakes/broker-world.ts';
import { type Broker, startBroker } from '../mod.ts';

interface Registered {
  readonly atMs: number;
  readonly topics: readonly string[];
  readonly perms: readonly number[];
  readonly counter: number;
  readonly address: string;
  readonly isIntact: boolean;
}

/** A name server that notes what brokers tell it. */
class NameServer {
  readonly registered: Registered[] = [];
  readonly unregistered: string[] = [];
  refuses = false;
  ordered: readonly string[] = [];
  readonly #host: Host;

  constructor(simulation: Simulation, name: string) {
    this.#host = simulation.host(name);
    this.#host.start((runtime) => this.#serve(runtime, simulation));
  }

  kill(): void {
    this.#host.kill();
  }

  restart(): void {
    this.#host.restart();
  }

  async #serve(runtime: Runtime, simulation: Simulation): Promise<void> {
    const handlers = dispatcher(runtime, nameServerRequests, {
      REGISTER_BROKER: ({ header, body }) => {
        if (this.refuses) throw new Failure('InternalError', 'not now');
        const { topicConfigSerializeWrapper: wrapper } = registrationBody.decode(body);
        this.registered.push({
          atMs: simulation.nowMs,
          topics: [...wrapper.topicConfigTable.keys()],
          perms: [...wrapper.topicConfigTable.values()].map(({ perm }) => perm),
          counter: wrapper.dataVersion.counter,
          address: header.brokerAddr,
          isIntact: header.bodyCrc32 === crc32(body, 0, body.length),
        });
        const table = Object.fromEntries(this.ordered.map((topic) => [topic, 'broker-a:4']));
        return { body: Buffer.from(JSON.stringify({ table })) };
      },
      UNREGISTER_BROKER: ({ header }) => {
        this.unregistered.push(header.brokerName);
        return {};
      },
    });
    await RemotingServer.listen(
      runtime,
      { address: { host: '0.0.0.0', port: 9876 } },
      { dispatcher: handlers },
    );
  }
}

interface World {
  readonly simulation: Simulation;
  readonly runtime: Runtime;
  readonly one: NameServer;
  readonly two: NameServer;
  readonly start: () => Promise<Broker>;
  readonly send: (topic: string) => Promise<void>;
  readonly pass: (ms: number) => Promise<void>;
}

function world(
  body: (world: World) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> {
  const simulation = new Simulation(1);
  const one = new NameServer(simulation, 'one');
  const two = new NameServer(simulation, 'two');
  const runtime = simulation.host('broker').boot();
  const config = brokerConfig(['namesrvAddr=one:9876;two:9876', ...settings]);
  const client = new RemotingClient(runtime);
  return simulation.settle(
    body({
      simulation,
      runtime,
      one,
      two,
      start: () => startBroker(runtime, config),
      pass: (ms) => sleep(runtime.clock, ms),
      send: async (topic) => {
        const { code, request } = brokerRequests.SEND_MESSAGE;
        const fields = request.encode(sendHeader({ topic }));
        await client.call('127.0.0.1:10911', { code, fields, body: Buffer.from('m') });
      },
    }),
    3_600_000,
  );
}

test('every name server is told of all topics at once, and again every period', async () => {
  await world(async ({ one, two, start, pass }) => {
    const broker = await start();
    await pass(200);
    expect(broker.ready()).toBe(true);
    for (const { registered } of [one, two]) {
      expect(registered).toHaveLength(1);
      expect(registered[0]?.topics).toEqual(expect.arrayContaining(['TBW102', 'BenchmarkTest']));
      expect(registered[0]).toMatchObject({ address: '127.0.0.1:10911', isIntact: true });
    }
    await pass(61_000);
    expect(one.registered.map(({ topics }) => topics.length > 5)).toEqual([true, true, true]);
    await broker.close();
  });
});

test('a name is passed on as it was given', async () => {
  await world(
    async ({ one, start, pass }) => {
      const broker = await start();
      await pass(200);
      expect(one.registered[0]?.address).toBe('broker-a-0.brokers.shop.svc:10911');
      await broker.close();
    },
    ['brokerIP1=broker-a-0.brokers.shop.svc'],
  );
});

test('a new topic is announced at once, alone, with the version of the whole table', async () => {
  await world(async ({ one, start, pass, send }) => {
    const broker = await start();
    await pass(200);
    await send('orders');
    await pass(200);
    const [full, news] = one.registered;
    expect(news?.topics).toEqual(['orders']);
    expect(news?.counter).toBe((full?.counter ?? 0) + 1);
    await broker.close();
  });
});

test('a name server that is away does not keep the others from hearing, and hears it all later', async () => {
  await world(async ({ one, two, start, pass, send }) => {
    two.kill();
    const broker = await start();
    await pass(500);
    expect(broker.ready()).toBe(true);
    await send('orders');
    await pass(5_000);
    expect(one.registered).toHaveLength(2);
    two.restart();
    await pass(11_000);
    expect(two.registered[0]?.topics).toEqual(expect.arrayContaining(['TBW102', 'orders']));
    await broker.close();
  });
});

test('a broker is ready once a name server has taken it', async () => {
  await world(async ({ one, two, start, pass }) => {
    one.refuses = true;
    two.refuses = true;
    const broker = await start();
    await pass(2_000);
    expect(broker.ready()).toBe(false);
    two.refuses = false;
    await pass(11_000);
    expect(broker.ready()).toBe(true);
    await broker.close();
    expect(broker.ready()).toBe(false);
  });
});

test('a name server that was restarted hears it all again within seconds', async () => {
  await world(async ({ one, start, pass }) => {
    const broker = await start();
    await pass(1_000);
    one.kill();
    await pass(100);
    one.restart();
    const before = one.registered.length;
    await pass(4_000);
    expect(one.registered.length).toBeGreaterThan(before);
    expect(one.registered.at(-1)?.topics.length).toBeGreaterThan(5);
    await broker.close();
  });
});

test('a stop takes the broker out of all routes', async () => {
  await world(async ({ one, two, start, pass }) => {
    const broker = await start();
    await pass(200);
    two.kill();
    await broker.close();
    expect(one.unregistered).toEqual(['broker-a']);
  });
});

test('a broker that may only be read announces its topics like that', async () => {
  await world(async ({ one, runtime, start, pass }) => {
    const broker = await start();
    await pass(200);
    const client = new RemotingClient(runtime);
    const { code } = brokerRequests.UPDATE_BROKER_CONFIG;
    await client.call('127.0.0.1:10911', { code, body: Buffer.from('brokerPermission=4\n') });
    await pass(200);
    const last = one.registered.at(-1);
    expect(last?.perms.every((perm) => (perm & ~4) === 0)).toBe(true);
    expect(last?.counter).toBeGreaterThan(one.registered[0]?.counter ?? 0);
    await broker.close();
  });
});

test('a broker that starts with writes withheld opens all its topics at once', async () => {
  await world(
    async ({ one, runtime, start, pass }) => {
      const broker = await start();
      await pass(200);
      const client = new RemotingClient(runtime);
      const { code, request } = brokerRequests.UPDATE_AND_CREATE_TOPIC;
      const fields = request.encode({
        topic: 'copied',
        defaultTopic: 'TBW102',
        readQueueNums: 2,
        writeQueueNums: 2,
        perm: 6,
        topicFilterType: 'SINGLE_TAG',
        order: false,
      });
      await client.call('127.0.0.1:10911', { code, fields });
      await pass(200);
      expect(one.registered.at(-1)).toMatchObject({ topics: ['copied'], perms: [4] });
      const mayWrite = one.registered.flatMap(({ perms }) => perms.filter((perm) => perm & 2));
      expect(mayWrite).toEqual([]);
      await client.call('127.0.0.1:10911', {
        code: brokerRequests.UPDATE_BROKER_CONFIG.code,
        body: Buffer.from('brokerPermission=6\n'),
      });
      await pass(200);
      const [closed, open] = one.registered.slice(-2);
      const perms = new Map(open?.topics.map((topic, at) => [topic, open.perms[at]]));
      expect([perms.get('copied'), perms.get('SELF_TEST_TOPIC')]).toEqual([6, 6]);
      expect(open?.counter).toBeGreaterThan(closed?.counter ?? 0);
      await client.close();
      await broker.close();
    },
    ['brokerPermission=4'],
  );
});

test('topics whose order name servers keep are marked as ordered', async () => {
  await world(async ({ one, runtime, start, pass, send }) => {
    one.ordered = ['orders'];
    const broker = await start();
    await send('orders');
    await pass(1_000);
    const client = new RemotingClient(runtime);
    const { code } = brokerRequests.GET_TOPIC_CONFIG;
    const { body } = await client.call('127.0.0.1:10911', { code, fields: { topic: 'orders' } });
    expect(JSON.parse(body.toString())).toMatchObject({ topicName: 'orders', order: true });
    await client.close();
    await broker.close();
  });
});
