/**
 * Every option that may change while a broker runs, changed by request while it runs, with what a
 * client sees before and after. The table is complete: an option that is called live and is not in
 * it fails the test.
 */
import { describe, expect, test } from 'vitest';
import { heartbeatData } from '../protocol/bodies/mod.ts';
import {
  brokerRequests,
  type Command,
  decodeRecords,
  nameServerRequests,
  PROPERTY,
} from '../protocol/mod.ts';
import { dispatcher, RemotingClient, RemotingServer } from '../remoting/mod.ts';
import { type Runtime, sleep } from '../runtime/mod.ts';
import { type Host, Simulation } from '../simulation/mod.ts';
import type { StoreOptions } from '../store/mod.ts';
import { BROKER_AT, brokerConfig, pullHeader, sendHeader } from '../test/fakes/broker-world.ts';
import { type BrokerConfig, brokerSchema } from './config.ts';
import { startBroker } from './main.ts';
import { storeOptions } from './store-options.ts';

type Requests = typeof brokerRequests;
type Name = Extract<keyof Requests, string>;

const MiB = 1_048_576;
const SUSPEND = 2;
const SUBSCRIPTION = 4;
const body = Buffer.from('hello');

class World {
  readonly host: Host;
  readonly simulation: Simulation;
  readonly runtime: Runtime;
  /** What the broker told the client unasked. */
  readonly told: Command[] = [];
  readonly client: RemotingClient;
  /** As the store is given them at the start. */
  readonly options: StoreOptions;

  constructor(simulation: Simulation, host: Host, runtime: Runtime, config: BrokerConfig) {
    this.simulation = simulation;
    this.host = host;
    this.runtime = runtime;
    this.options = storeOptions(config, { address: Buffer.alloc(4), port: 1 });
    this.client = new RemotingClient(runtime, {
      callTimeoutMs: 60_000,
      onRequest: (command) => this.told.push(command),
    });
  }

  ask(name: Name, header: object, content?: Buffer): Promise<Command> {
    const { code, request } = brokerRequests[name];
    const fields = request.encode(header as never);
    return this.client.call(BROKER_AT, { code, fields, body: content });
  }

  async send(fields: Parameters<typeof sendHeader>[0] = {}, content = body): Promise<number> {
    return (await this.ask('SEND_MESSAGE', sendHeader(fields), content)).code;
  }

  async pull(fields: Parameters<typeof pullHeader>[0] = {}): Promise<number> {
    return (await this.ask('PULL_MESSAGE', pullHeader(fields))).code;
  }

  /** How many messages one pull gives. */
  async pulled(): Promise<number> {
    const answer = await this.ask('PULL_MESSAGE', pullHeader());
    return [...decodeRecords(answer.body)].length;
  }

  /** How long a pull at the end waits, in whole seconds. */
  async waitedSeconds(): Promise<number> {
    const startMs = this.simulation.nowMs;
    const waits = { sysFlag: SUBSCRIPTION | SUSPEND, suspendTimeoutMillis: 9000 };
    await this.pull({ queueId: 3, ...waits });
    return Math.round((this.simulation.nowMs - startMs) / 1000);
  }

  async found(unique: boolean): Promise<number> {
    const range = { beginTimestamp: 0, endTimestamp: Number.MAX_SAFE_INTEGER };
    const header = { topic: 'orders', key: unique ? 'u' : 'k', maxNum: 9, ...range };
    const asked = unique ? { ...header, _UNIQUE_KEY_QUERY: true } : header;
    return [...decodeRecords((await this.ask('QUERY_MESSAGE', asked)).body)].length;
  }

  beat(clientID: string): Promise<Command> {
    const consumer = {
      consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
      consumeType: 'CONSUME_PASSIVELY',
      groupName: 'consumers',
      messageModel: 'CLUSTERING',
      subscriptionDataSet: [],
      unitMode: false,
    } as const;
    const beat = { clientID, consumerDataSet: [consumer], producerDataSet: [] };
    const content = heartbeatData.encode({ ...beat, heartbeatFingerprint: 0, withoutSub: false });
    const { code } = brokerRequests.HEART_BEAT;
    return this.client.call(BROKER_AT, { code, body: content });
  }

  /** Whether the oldest file of the log has been removed, after a few looks at the disk. */
  async isCleaned(): Promise<boolean> {
    await sleep(this.runtime.clock, 130_000);
    const { fields } = await this.ask('GET_MIN_OFFSET', { topic: 'orders', queueId: 0 });
    return Number(fields['offset']) > 0;
  }

  /** Fills three files of the log, and lets more than an hour go by, none of cleaning. */
  async fill(): Promise<void> {
    for (let count = 0; count < 40; count++) await this.send({}, Buffer.alloc(100_000, 'x'));
    await sleep(this.runtime.clock, 3_700_000);
  }
}

interface Experiment {
  /** Settings at the start. */
  readonly given?: readonly string[];
  readonly prepare?: (world: World) => Promise<unknown>;
  readonly to: string;
  readonly look: (world: World) => unknown;
  readonly before: unknown;
  readonly after: unknown;
}

let topics = 0;
const send20 = async (world: World): Promise<void> => {
  for (let count = 0; count < 20; count++) await world.send({}, Buffer.alloc(900));
};
const sendKeys = async (world: World): Promise<void> => {
  const properties = `KEYS\u0001k\u0002${PROPERTY.UNIQUE_KEY}\u0001u\u0002`;
  for (let count = 0; count < 3; count++) await world.send({ properties });
};
const allHours = Array.from({ length: 24 }, (_, hour) => String(hour)).join(';');
/** Nothing is cleaned for want of space. */
const roomy = [
  'diskMaxUsedSpaceRatio=95',
  'diskSpaceCleanForciblyRatio=100',
  'diskSpaceWarningLevelRatio=100',
];
const cleaning = (given: readonly string[], to: string): Experiment => ({
  given: [...roomy, 'cleanResourceInterval=60000', ...given],
  prepare: (world) => world.fill(),
  to,
  look: (world) => world.isCleaned(),
  before: false,
  after: true,
});
/** A limit that no world here reaches: the store sees the change in its own options. */
const limit = (name: 'bytesOnDisk' | 'messagesOnDisk', to: string, before: number): Experiment => ({
  to,
  look: ({ options }) => options.readLimits[name],
  before,
  after: Number(to),
});

const experiments: Readonly<Record<string, Experiment>> = {
  namesrvAddr: {
    given: ['namesrvAddr=one:9876'],
    prepare: (world) => nameServers(world, ['one', 'two']),
    to: 'two:9876',
    look: (world) => registeredWith(world),
    before: ['one'],
    after: ['two'],
  },
  channelExpiredTimeout: {
    to: '1000',
    look: async (world) => {
      await world.beat('a');
      await sleep(world.runtime.clock, 15_000);
      return (await world.ask('GET_CONSUMER_LIST_BY_GROUP', { consumerGroup: 'consumers' })).code;
    },
    before: 0,
    after: 1,
  },
  brokerPermission: {
    to: '2',
    prepare: (world) => world.send(),
    look: (world) => world.pull(),
    before: 0,
    after: 16,
  },
  autoCreateTopicEnable: {
    to: 'false',
    look: (world) => world.send({ topic: `new${topics++}` }),
    before: 0,
    after: 17,
  },
  autoCreateSubscriptionGroup: {
    to: 'false',
    prepare: (world) => world.send(),
    look: (world) => world.pull({ consumerGroup: `new${topics++}` }),
    before: 0,
    after: 26,
  },
  validateSystemTopicWhenUpdateTopic: {
    to: 'false',
    look: async (world) => {
      return (await world.ask('DELETE_TOPIC_IN_BROKER', { topic: 'SELF_TEST_TOPIC' })).code;
    },
    before: 29,
    after: 0,
  },
  maxMessageSize: {
    to: '2048',
    look: (world) => world.send({}, Buffer.alloc(3000)),
    before: 0,
    after: 13,
  },
  storeReplyMessageEnable: {
    to: 'false',
    look: async (world) => {
      const topic = 'DefaultCluster_REPLY_TOPIC';
      const properties = `${PROPERTY.REPLY_TO_CLIENT}\u0001nobody\u0002`;
      const header = sendHeader({ topic, properties });
      const { fields } = await world.ask('SEND_REPLY_MESSAGE', header, body);
      return fields['msgId'] !== '0';
    },
    before: true,
    after: false,
  },
  longPollingEnable: {
    to: 'false',
    prepare: (world) => world.send(),
    look: (world) => world.waitedSeconds(),
    before: 9,
    after: 1,
  },
  shortPollingTimeMills: {
    given: ['longPollingEnable=false'],
    prepare: (world) => world.send(),
    to: '3000',
    look: (world) => world.waitedSeconds(),
    before: 1,
    after: 3,
  },
  litePullMessageEnable: {
    to: 'false',
    prepare: (world) => world.send(),
    look: async (world) => (await world.ask('LITE_PULL_MESSAGE', pullHeader())).code,
    before: 0,
    after: 16,
  },
  notifyConsumerIdsChangedEnable: {
    to: 'false',
    look: async (world) => {
      world.told.length = 0;
      await world.ask('UNREGISTER_CLIENT', { clientID: 'a', consumerGroup: 'consumers' });
      await world.beat('a');
      await sleep(world.runtime.clock, 500);
      return world.told.length;
    },
    before: 1,
    after: 0,
  },
  maxTransferBytesOnMessageInMemory: {
    to: '2048',
    prepare: send20,
    look: (world) => world.pulled(),
    before: 20,
    after: 1,
  },
  maxTransferCountOnMessageInMemory: {
    to: '5',
    prepare: send20,
    look: (world) => world.pulled(),
    before: 20,
    after: 5,
  },
  maxTransferBytesOnMessageInDisk: limit('bytesOnDisk', '2048', 65_536),
  maxTransferCountOnMessageInDisk: limit('messagesOnDisk', '5', 8),
  defaultQueryMaxNum: {
    to: '1',
    prepare: sendKeys,
    look: (world) => world.found(true),
    before: 3,
    after: 1,
  },
  maxMsgsNumBatch: {
    to: '2',
    prepare: sendKeys,
    look: (world) => world.found(false),
    before: 3,
    after: 2,
  },
  syncFlushTimeout: {
    given: ['flushDiskType=SYNC_FLUSH'],
    prepare: async (world) => {
      await world.send();
      world.host.diskFaults.syncUsMin = 8_000_000;
      world.host.diskFaults.syncUsMax = 8_000_001;
    },
    to: '30000',
    look: (world) => world.send(),
    before: 10,
    after: 0,
  },
  deleteWhen: cleaning(['fileReservedTime=1'], allHours),
  fileReservedTime: cleaning([`deleteWhen=${allHours}`], '1'),
  cleanFileForciblyEnable: cleaning(
    ['diskSpaceCleanForciblyRatio=30', 'cleanFileForciblyEnable=false'],
    'true',
  ),
  diskMaxUsedSpaceRatio: cleaning(['fileReservedTime=1'], '10'),
  diskSpaceCleanForciblyRatio: cleaning([], '30'),
  diskSpaceWarningLevelRatio: {
    given: [...roomy, 'diskSpaceCleanForciblyRatio=35', 'cleanFileForciblyEnable=false'],
    to: '36',
    look: async (world) => {
      await sleep(world.runtime.clock, 15_000);
      return world.send();
    },
    before: 0,
    after: 14,
  },
};

test('the table has every option that may change while a broker runs, and no other', () => {
  const live = Object.entries(brokerSchema.options).filter(([, option]) => option.live);
  expect(Object.keys(experiments).sort()).toEqual(live.map(([name]) => name).sort());
});

describe('a change by request is seen at once:', () => {
  test.each(Object.entries(experiments))('%s', async (name, experiment) => {
    const { given = [], prepare, to, look, before, after } = experiment;
    const simulation = new Simulation(1);
    // 8 MiB of 20 are taken by others.
    const host = simulation.host('broker', { diskBytes: 20 * MiB });
    const run = async (runtime: Runtime): Promise<void> => {
      takeSpace(runtime, 8 * MiB);
      const hour = new Date(runtime.clock.wallMs()).getHours();
      const quiet = `deleteWhen=${(hour + 12) % 24}`;
      const config = brokerConfig([quiet, ...given]);
      const broker = await startBroker(runtime, config);
      const world = new World(simulation, host, runtime, config);
      await prepare?.(world);
      expect(await look(world)).toEqual(before);
      const { code } = brokerRequests.UPDATE_BROKER_CONFIG;
      const change = Buffer.from(`${name}=${to}\n`);
      expect(await world.client.call(BROKER_AT, { code, body: change })).toMatchObject({ code: 0 });
      expect(await look(world)).toEqual(after);
      await world.client.close();
      await broker.close();
    };
    await simulation.settle(run(host.boot()), 86_400_000);
  });
});

/** What others have on the disk. */
function takeSpace({ disk }: Runtime, bytes: number): void {
  disk.makeFolder('/data');
  const file = disk.open('/data/others', 'create');
  file.write(Buffer.alloc(bytes), 0);
  file.close();
}

/** Name servers that note in `registered` who is there. */
const registered = new Set<string>();

async function nameServers({ simulation, runtime }: World, names: readonly string[]) {
  registered.clear();
  for (const name of names) {
    simulation.host(name).start(async (machine) => {
      const handlers = dispatcher(machine, nameServerRequests, {
        REGISTER_BROKER: () => {
          registered.add(name);
          return {};
        },
        UNREGISTER_BROKER: () => {
          registered.delete(name);
          return {};
        },
      });
      const address = { host: '0.0.0.0', port: 9876 };
      await RemotingServer.listen(machine, { address }, { dispatcher: handlers });
    });
  }
  await sleep(runtime.clock, 20_000);
}

async function registeredWith({ runtime }: World): Promise<string[]> {
  await sleep(runtime.clock, 2000);
  return [...registered];
}
