import { describe, expect, test } from 'vitest';
import { topicRouteData } from '../protocol/bodies/mod.ts';
import { findMaster, findReplica, publishQueues, routeOf, subscribeQueues } from './route.ts';

/** As name servers answer, in Java's own JSON. */
function route(orderTopicConf?: string) {
  const content = {
    brokerDatas: [
      { brokerName: 'b', cluster: 'c', brokerAddrs: { 0: 'b0:1', 1: 'b1:1' } },
      { brokerName: 'a', cluster: 'c', brokerAddrs: { 1: 'a1:1' } },
    ],
    queueDatas: [
      { brokerName: 'b', perm: 6, readQueueNums: 2, writeQueueNums: 1, topicSysFlag: 0 },
      { brokerName: 'a', perm: 6, readQueueNums: 1, writeQueueNums: 1, topicSysFlag: 0 },
    ],
    ...(orderTopicConf && { orderTopicConf }),
  };
  return routeOf('T', topicRouteData.decode(Buffer.from(JSON.stringify(content))));
}

const shown = (queues: readonly { brokerName: string; queueId: number }[]): string[] =>
  queues.map(({ brokerName, queueId }) => `${brokerName}${queueId}`);

describe('a route', () => {
  test('is published to where there is a master, and read wherever it may be', () => {
    expect(shown(publishQueues(route()))).toEqual(['b0']);
    expect(shown(subscribeQueues(route()))).toEqual(['a0', 'b0', 'b1']);
  });

  test('heeds permissions', () => {
    const { queues, ...rest } = route();
    const readOnly = { ...rest, queues: queues.map((data) => ({ ...data, perm: 4 })) };
    const writeOnly = { ...rest, queues: queues.map((data) => ({ ...data, perm: 2 })) };
    expect(publishQueues(readOnly)).toEqual([]);
    expect(subscribeQueues(writeOnly)).toEqual([]);
  });

  test('of an ordered topic has the queues that the operator fixed', () => {
    expect(shown(publishQueues(route('b:2;a:1')))).toEqual(['b0', 'b1', 'a0']);
    expect(publishQueues(route('nonsense'))).toEqual([]);
  });

  test('finds the replica asked for, or else the master, or else any', () => {
    expect(findReplica(route(), 'b', 1)).toBe('b1:1');
    expect(findReplica(route(), 'b', 7)).toBe('b0:1');
    expect(findReplica(route(), 'a', 0)).toBe('a1:1');
    expect(findReplica(route(), 'nobody', 0)).toBeUndefined();
    expect(findMaster(route(), 'a')).toBeUndefined();
  });
});
