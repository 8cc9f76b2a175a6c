/** What a client is told of a topic: its brokers and queues, as TopicRouteData has them. */
import type { BrokerData, QueueData, TopicRouteData } from '../protocol/bodies/mod.ts';
import { PERMISSION } from '../protocol/mod.ts';
import { type BrokerGroup, MASTER_ID, minId, type Routes } from './routes.ts';

/** Of these topics slaves are never shown as masters: brokers synchronise their groups by them. */
const MEMBER_TOPIC_PREFIX = 'rmq_sys_SYNC_BROKER_MEMBER_';

export interface RouteAnswer {
  readonly groups: readonly BrokerGroup[];
  readonly queues: readonly QueueData[];
}

/** Undefined when the topic has no queues, or none of its brokers is known. */
export function findRoute(routes: Routes, topic: string): RouteAnswer | undefined {
  const queues = [...(routes.topics.get(topic)?.values() ?? [])];
  const groups = queues.flatMap(({ brokerName }) => routes.groups.get(brokerName) ?? []);
  return groups.length === 0 ? undefined : { groups, queues };
}

/**
 * Shows the slave with the least id as master where a group allows it and has none, so that
 * consumers go on reading; its queues are not writable, which keeps producers away.
 */
export function withActingMasters(topic: string, { groups, queues }: RouteAnswer): RouteAnswer {
  if (topic.startsWith(MEMBER_TOPIC_PREFIX)) return { groups, queues };
  const readOnly = new Set(
    queues
      .filter(({ perm }) => (perm & PERMISSION.write) === 0)
      .map(({ brokerName }) => brokerName),
  );
  const shown = groups.map((group) => {
    const id = minId(group);
    const address = group.addresses.get(id);
    const lacksMaster = group.enableActingMaster && id !== MASTER_ID;
    if (!lacksMaster || address === undefined || !readOnly.has(group.brokerName)) return group;
    const others = [...group.addresses].filter(([other]) => other !== id);
    return { ...group, addresses: new Map([[MASTER_ID, address], ...others]) };
  });
  return { groups: shown, queues };
}

/** Keeps the brokers of one zone, and those without master, whatever their zone. */
export function withinZone(zoneName: string, { groups, queues }: RouteAnswer): RouteAnswer {
  const zone = zoneName.toLowerCase();
  const kept = groups.filter(({ addresses, zoneName: name }) => {
    return !addresses.has(MASTER_ID) || name?.toLowerCase() === zone;
  });
  const names = new Set(kept.map(({ brokerName }) => brokerName));
  return { groups: kept, queues: queues.filter(({ brokerName }) => names.has(brokerName)) };
}

export function routeData(
  routes: Routes,
  topic: string,
  { groups, queues }: RouteAnswer,
  orderTopicConf: string | undefined,
): TopicRouteData {
  const filterServers = groups.flatMap((group) => filterServersOf(routes, group));
  return {
    brokerDatas: groups.map(brokerDataOf),
    filterServerTable: new Map(filterServers),
    orderTopicConf,
    queueDatas: queues,
    topicQueueMappingByBroker: routes.mappings.get(topic),
  };
}

/** A broker group as BrokerData has it. */
export function brokerDataOf(group: BrokerGroup): BrokerData {
  const { addresses, brokerName, cluster, enableActingMaster, zoneName } = group;
  return { brokerAddrs: addresses, brokerName, cluster, enableActingMaster, zoneName };
}

function filterServersOf(routes: Routes, { cluster, addresses }: BrokerGroup) {
  return [...addresses.values()].flatMap((address) => {
    const servers = routes.live.find(cluster, address)?.filterServers ?? [];
    return servers.length === 0 ? [] : [[address, servers] as const];
  });
}
