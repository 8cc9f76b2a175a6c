/** Lists over all routes, for tools: clusters, brokers, topics. */
import type { Printable } from '../protocol/mod.ts';
import { groupBody } from './route-answer.ts';
import type { QueueData } from './route-data.ts';
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

export function clusterInfo({ clusters, groups }: Routes): Printable {
  return {
    brokerAddrTable: new Map([...groups].map(([name, group]) => [name, groupBody(group)])),
    clusterAddrTable: new Map([...clusters].map(([name, brokers]) => [name, [...brokers]])),
  };
}

/** All members of a group; an unknown one has none. */
export function memberGroup({ groups }: Routes, cluster: string, brokerName: string): Printable {
  const brokerAddrs = groups.get(brokerName)?.addresses ?? new Map<number, string>();
  return { brokerMemberGroup: { brokerAddrs, brokerName, cluster } };
}

export function topicsOfCluster({ clusters, topics }: Routes, cluster: string): string[] {
  const brokerNames = [...(clusters.get(cluster) ?? [])];
  return [...topics.entries()]
    .filter(([, queues]) => brokerNames.some((name) => queues.has(name)))
    .map(([topic]) => topic);
}

/** Topics by the flags of the first broker that has them. */
export function unitTopics({ topics }: Routes, kind: UnitKind): string[] {
  return [...topics.entries()]
    .filter(([, queues]) => {
      const [first] = queues.values() as Iterable<QueueData>;
      return first !== undefined && unitTests[kind](first.topicSysFlag);
    })
    .map(([topic]) => topic);
}

/** Cluster and broker names are topics too; the rest is asked of `brokerAddr`, any broker. */
export function systemTopics({ clusters, groups }: Routes): {
  readonly topicList: string[];
  readonly brokerAddr: string | undefined;
} {
  const names = [...clusters].flatMap(([cluster, brokers]) => [cluster, ...brokers]);
  const [group] = groups.values();
  const [brokerAddr] = group?.addresses.values() ?? [];
  return { topicList: [...new Set(names)], brokerAddr };
}
