/** A broker on the simulated runtime and a client of it, for tests of what a broker does. */
import { type Broker, brokerSchema, startBroker } from '../../broker/mod.ts';
import { loadConfig } from '../../config/mod.ts';
import { brokerRequests, type Command, type RequestHeader } from '../../protocol/mod.ts';
import { RemotingClient } from '../../remoting/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import { type DiskFaults, Simulation } from '../../simulation/mod.ts';

export const STORE = '/data/store';
export const BROKER_AT = '127.0.0.1:10911';

type Requests = typeof brokerRequests;
type Name = Extract<keyof Requests, string>;

export interface BrokerWorld {
  readonly runtime: Runtime;
  readonly simulation: Simulation;
  /** What is wrong with the broker's disk; may be changed. */
  readonly disk: DiskFaults;
  readonly broker: Broker;
  readonly client: RemotingClient;
  /** Asks the broker; any answer is an outcome. */
  readonly ask: <N extends Name>(
    name: N,
    header: RequestHeader<Requests, N>,
    body?: Buffer,
  ) => Promise<Command>;
  /** Stops the broker cleanly and starts it again on what it left. */
  readonly restart: () => Promise<Broker>;
}

const DAY_MS = 86_400_000;
export function brokerConfig(settings: readonly string[] = []) {
  const small = ['mappedFileSizeCommitLog=1048576', 'mappedFileSizeConsumeQueue=20000'];
  const index = ['maxHashSlotNum=100', 'maxIndexNum=1000'];
  const identity = ['brokerName=broker-a', 'brokerIP1=127.0.0.1', `storePathRootDir=${STORE}`];
  return loadConfig(brokerSchema, {
    assignments: [...identity, ...small, ...index, ...settings],
    host: { name: 'b', address: '127.0.0.1', homeFolder: '/home', environment: {} },
  }).config;
}

export function withBroker<T>(
  settings: readonly string[],
  body: (world: BrokerWorld) => Promise<T>,
  seed = 1,
): Promise<T> {
  const simulation = new Simulation(seed);
  const host = simulation.host('broker');
  const run = async (runtime: Runtime): Promise<T> => {
    const config = brokerConfig(settings);
    let broker = await startBroker(runtime, config);
    await using client = new RemotingClient(runtime, { callTimeoutMs: 60_000 });
    const result = await body({
      runtime,
      simulation,
      disk: host.diskFaults,
      broker,
      client,
      ask: (name, header, body) => {
        const { code, request } = brokerRequests[name];
        // The header is this row's: the parameter says so.
        return client.call(BROKER_AT, { code, fields: request.encode(header as never), body });
      },
      restart: async () => {
        await broker.close();
        broker = await startBroker(runtime, config);
        return broker;
      },
    });
    await broker.close();
    return result;
  };
  return simulation.settle(run(host.boot()), DAY_MS);
}

/** The header of a send in full; tests say what matters to them. */
export function sendHeader(
  fields: Partial<RequestHeader<Requests, 'SEND_MESSAGE'>> = {},
): RequestHeader<Requests, 'SEND_MESSAGE'> {
  return {
    producerGroup: 'producers',
    topic: 'orders',
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId: 0,
    sysFlag: 0,
    bornTimestamp: 1_700_000_000_000,
    flag: 0,
    properties: '',
    reconsumeTimes: 0,
    unitMode: false,
    batch: false,
    ...fields,
  };
}

/** The header of a pull that states its subscription and does not wait. */
export function pullHeader(
  fields: Partial<RequestHeader<Requests, 'PULL_MESSAGE'>> = {},
): RequestHeader<Requests, 'PULL_MESSAGE'> {
  return {
    consumerGroup: 'consumers',
    topic: 'orders',
    queueId: 0,
    queueOffset: 0,
    maxMsgNums: 32,
    sysFlag: 4,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
    ...fields,
  };
}
