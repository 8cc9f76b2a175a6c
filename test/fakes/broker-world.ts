/** A broker on the simulated runtime and a client of it, for tests of what a broker does. */
import { type Broker, brokerSchema, startBroker } from '../../broker/mod.ts';
import { loadConfig } from '../../config/mod.ts';
import { brokerRequests, type RequestHeader } from '../../protocol/mod.ts';
import { RemotingClient, type Reply } from '../../remoting/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import { type Simulation, simulated } from '../../simulation/mod.ts';

export const STORE = '/data/store';
export const BROKER_AT = '127.0.0.1:10911';

type Requests = typeof brokerRequests;
type Name = Extract<keyof Requests, string>;

export interface BrokerWorld {
  readonly runtime: Runtime;
  readonly simulation: Simulation;
  readonly broker: Broker;
  readonly client: RemotingClient;
  /** Asks the broker; any answer is an outcome. */
  ask<N extends Name>(
    name: N,
    header: RequestHeader<Requests, N>,
    body?: Buffer,
  ): Promise<Reply<unknown>>;
  /** Stops the broker cleanly and starts it again on what it left. */
  restart(): Promise<Broker>;
}

const anyCode = Array.from({ length: 3000 }, (_, code) => code);

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
  return simulated(seed, async (runtime, simulation) => {
    const config = brokerConfig(settings);
    let broker = await startBroker(runtime, config);
    await using client = new RemotingClient(runtime);
    const result = await body({
      runtime,
      simulation,
      broker,
      client,
      ask: (name, header, body) =>
        // The table's rows are all of this shape; which one it is, the name says.
        client.request(BROKER_AT, brokerRequests[name] as never, {
          header: header as never,
          outcomes: anyCode,
          ...(body !== undefined && { body }),
        }),
      restart: async () => {
        await broker.close();
        broker = await startBroker(runtime, config);
        return broker;
      },
    });
    await broker.close();
    return result;
  });
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
