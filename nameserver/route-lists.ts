/** Lists over all routes, for tools: clusters, brokers, topics. */
import { brokerMemberGroupAnswer, clusterInfo, type TopicList } from '../protocol/bodies/mod.ts';
import { brokerDataOf } from './route-answer.ts';
import type { Routes } from './routes.ts';

/** Bits of a topic's flags that units (sites that replicate to each other) set. */
const UNIT = 1;
const UNIT_SUBSCRIPTION = 2;

export type UnitKind = 'unit' | 'subscribed' | 'subscribedOutside';

const unitTests: Readonly<Record<UnitKind, (flag: number) => boolean>> = {
  unit: (flag) => (flag & UNIT) !== 0,
  subscribed: (flag) => (flag & UNIT_SUBSCRIPTION) !== 0,
  subscribedOutside: (flag) => (flag & (UNIT | UNIT_SUBSCRIPTION)) === UNIT_SUBSCRIPTION,
};

/** Standard JSON, though Java writes the ids as bare numbers: every client reads it. */
export function clusters({ clusters: names, groups }: Routes): Buffer {
  const content = {
    brokerAddrTable: new Map([...groups].map(([name, group]) => [name, brokerDataOf(group)])),
    clusterAddrTable: new Map([...names].map(([name, brokers]) => [name, [...brokers]])),
  };
  return clusterInfo.encode(content, 'standard');
}

/** All members of a group; an unknown one has none. */
export function memberGroup({ groups }: Routes, cluster: string, brokerName: string): Buffer {
  const brokerAddrs = groups.get(brokerName)?.addresses ?? new Map<number, string>();
  const content = { brokerMemberGroup: { brokerAddrs, brokerName, cluster } };
  return brokerMemberGroupAnswer.encode(content, 'standard');
}

export function topicsOfCluster({ clusters: all, topics }: Routes, cluster: string): string[] {
  const brokerNames = [...(all.get(cluster) ?? [])];
  return [...topics.entries()]
    .filter(([, queues]) => brokerNames.some((name) => queues.has(name)))
    .map(([topic]) => topic);
}

/** Topics by the flags of the first broker that has them. */
export function unitTopics({ topics }: Routes, kind: UnitKind): string[] {
  return [...topics.entries()]
    .filter(([, queues]) => {
      const [first] = queues.values();
      return first !== undefined && unitTests[kind](first.topicSysFlag);
    })
    .map(([topic]) => topic);
}

/** Cluster and broker names are topics too; the rest is asked of `brokerAddr`, any broker. */
export function systemTopics({ clusters: all, groups }: Routes): TopicList {
  const names = [...all].flatMap(([cluster, brokers]) => [cluster, ...brokers]);
  const [group] = groups.values();
  const [brokerAddr] = group?.addresses.values() ?? [];
  return { topicList: [...new Set(names)], brokerAddr };
}
