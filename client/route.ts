/** Where a topic is: what a name server answers, and which queues follow from it. */
import type { BrokerData, TopicRouteData } from '../protocol/bodies/mod.ts';
import { PERMISSION } from '../protocol/mod.ts';
import type { MessageQueue } from './message.ts';

export const MASTER_ID = 0;

/** A master and its slaves. */
export interface BrokerRoute {
  readonly brokerName: string;
  readonly cluster: string;
  /** `host:port` by broker id. */
  readonly addresses: ReadonlyMap<number, string>;
}

export interface QueueRoute {
  readonly brokerName: string;
  readonly perm: number;
  readonly readQueues: number;
  readonly writeQueues: number;
}

export interface TopicRoute {
  readonly topic: string;
  readonly brokers: readonly BrokerRoute[];
  readonly queues: readonly QueueRoute[];
  /** `broker-a:4;broker-b:8`, where an operator fixed the queues of an ordered topic. */
  readonly orderConfig: string | undefined;
}

export function routeOf(topic: string, data: TopicRouteData): TopicRoute {
  return {
    topic,
    brokers: data.brokerDatas.map(brokerOf),
    queues: data.queueDatas.map(({ brokerName, perm, readQueueNums, writeQueueNums }) => {
      return { brokerName, perm, readQueues: readQueueNums, writeQueues: writeQueueNums };
    }),
    orderConfig: data.orderTopicConf === '' ? undefined : data.orderTopicConf,
  };
}

export function brokerOf({ brokerName, cluster, brokerAddrs }: BrokerData): BrokerRoute {
  return { brokerName, cluster, addresses: brokerAddrs };
}

/** The queues a producer may send to, in the order that all producers see. */
export function publishQueues(route: TopicRoute): MessageQueue[] {
  const { topic, orderConfig } = route;
  if (orderConfig !== undefined) return orderedQueues(topic, orderConfig);
  return byBrokerName(route.queues)
    .filter(({ perm, brokerName }) => {
      return (perm & PERMISSION.write) !== 0 && findMaster(route, brokerName) !== undefined;
    })
    .flatMap(({ brokerName, writeQueues }) => queuesOf(topic, brokerName, writeQueues));
}

/** The queues consumers share; they need no master. */
export function subscribeQueues(route: TopicRoute): MessageQueue[] {
  return byBrokerName(route.queues)
    .filter(({ perm }) => (perm & PERMISSION.read) !== 0)
    .flatMap(({ brokerName, readQueues }) => queuesOf(route.topic, brokerName, readQueues));
}

export function findMaster(route: TopicRoute, brokerName: string): string | undefined {
  return findBroker(route, brokerName)?.addresses.get(MASTER_ID);
}

/** The addresses of the masters there are. */
export function mastersOf(brokers: Iterable<BrokerRoute>): string[] {
  return [...brokers].flatMap(({ addresses }) => addresses.get(MASTER_ID) ?? []);
}

/** The replica with `brokerId`, or else the master, or else any. */
export function findReplica(
  route: TopicRoute,
  brokerName: string,
  brokerId: number,
): string | undefined {
  const addresses = findBroker(route, brokerName)?.addresses;
  const [any] = addresses?.values() ?? [];
  return addresses?.get(brokerId) ?? addresses?.get(MASTER_ID) ?? any;
}

function findBroker({ brokers }: TopicRoute, brokerName: string): BrokerRoute | undefined {
  return brokers.find((broker) => broker.brokerName === brokerName);
}

function byBrokerName(queues: readonly QueueRoute[]): QueueRoute[] {
  return queues.toSorted((left, right) => (left.brokerName < right.brokerName ? -1 : 1));
}

function queuesOf(topic: string, brokerName: string, count: number): MessageQueue[] {
  return Array.from({ length: count }, (_item, queueId) => ({ topic, brokerName, queueId }));
}

function orderedQueues(topic: string, orderConfig: string): MessageQueue[] {
  return orderConfig.split(';').flatMap((part) => {
    const [brokerName = '', count] = part.split(':');
    return queuesOf(topic, brokerName, Number(count) || 0);
  });
}
