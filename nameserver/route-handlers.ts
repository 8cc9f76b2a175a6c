/** What clients and tools ask about routes, and how tools change them. */
import {
  Failure,
  type nameServerRequests,
  type Printable,
  printJson,
  printLegacy,
  printStrict,
} from '../protocol/mod.ts';
import type { Handlers, Request } from '../remoting/mod.ts';
import { ORDER_TOPIC_CONFIG } from './kv-config.ts';
import type { NameServerParts } from './parts.ts';
import { findRoute, routeBody, withActingMasters, withinZone } from './route-answer.ts';
import {
  clusterInfo,
  systemTopics,
  topicsOfCluster,
  type UnitKind,
  unitTopics,
} from './route-lists.ts';

type Table = typeof nameServerRequests;

/** Clients since V4_9_4 read standard JSON; before, they were only tested with Java's own. */
const STRICT_SINCE = 401;
const FAQ = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.';

export function routeHandlers(
  parts: NameServerParts,
): Pick<
  Handlers<Table>,
  | 'GET_ROUTEINFO_BY_TOPIC'
  | 'GET_BROKER_CLUSTER_INFO'
  | 'WIPE_WRITE_PERM_OF_BROKER'
  | 'ADD_WRITE_PERM_OF_BROKER'
  | 'DELETE_TOPIC_IN_NAMESRV'
  | 'GET_ALL_TOPIC_LIST_FROM_NAMESERVER'
  | 'GET_TOPICS_BY_CLUSTER'
  | 'GET_SYSTEM_TOPIC_LIST_FROM_NS'
  | 'GET_UNIT_TOPIC_LIST'
  | 'GET_HAS_UNIT_SUB_TOPIC_LIST'
  | 'GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST'
> {
  const { routes, config } = parts;
  const units = (kind: UnitKind) => () => {
    requireEnabled(config.enableTopicList);
    return json({ topicList: unitTopics(routes, kind) });
  };
  return {
    GET_ROUTEINFO_BY_TOPIC: (request) => route(parts, request),

    GET_BROKER_CLUSTER_INFO: () => json(clusterInfo(routes)),

    WIPE_WRITE_PERM_OF_BROKER: ({ header: { brokerName } }) => ({
      header: { wipeTopicCount: routes.setWritable(brokerName, false) },
    }),

    ADD_WRITE_PERM_OF_BROKER: ({ header: { brokerName } }) => ({
      header: { addTopicCount: routes.setWritable(brokerName, true) },
    }),

    DELETE_TOPIC_IN_NAMESRV: ({ header: { topic, clusterName } }) => {
      routes.deleteTopic(topic, clusterName);
      return {};
    },

    GET_ALL_TOPIC_LIST_FROM_NAMESERVER: () => {
      requireEnabled(config.enableAllTopicList);
      return json({ topicList: [...routes.topics.keys()] });
    },

    GET_TOPICS_BY_CLUSTER: ({ header: { cluster } }) => {
      requireEnabled(config.enableTopicList);
      return json({ topicList: topicsOfCluster(routes, cluster) });
    },

    GET_SYSTEM_TOPIC_LIST_FROM_NS: () => json({ ...systemTopics(routes) }),

    GET_UNIT_TOPIC_LIST: units('unit'),
    GET_HAS_UNIT_SUB_TOPIC_LIST: units('subscribed'),
    GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST: units('subscribedOutside'),
  };
}

function route(parts: NameServerParts, request: Request<Table, 'GET_ROUTEINFO_BY_TOPIC'>) {
  const { routes, config, kv } = parts;
  const { topic, acceptStandardJsonOnly, __ZONE_MODE, __ZONE_NAME = '' } = request.header;
  if (!isReady(parts)) throw new Failure('InternalError', 'name server not ready');
  const found = findRoute(routes, topic);
  if (found === undefined) {
    const remark = `No topic route info in name server for the topic: ${topic}${FAQ}`;
    throw new Failure('TopicNotFound', remark);
  }
  const shown = config.supportActingMaster ? withActingMasters(topic, found) : found;
  const order = config.orderMessageEnable ? kv.find(ORDER_TOPIC_CONFIG, topic) : undefined;
  // The reference filters by zone after encoding, and encodes anew in the old form.
  if (__ZONE_MODE === true && __ZONE_NAME.trim() !== '') {
    const inZone = withinZone(__ZONE_NAME, shown);
    return { body: Buffer.from(printLegacy(routeBody(routes, topic, inZone, order))) };
  }
  const isStrict = request.command.version >= STRICT_SINCE || acceptStandardJsonOnly === true;
  const body = routeBody(routes, topic, shown, order);
  return { body: Buffer.from(isStrict ? printStrict(body) : printLegacy(body)) };
}

/** Whether routes are answered: at once, or when all brokers have had time to register. */
export function isReady({ config, clock, startMs }: NameServerParts): boolean {
  if (!config.needWaitForService) return true;
  return clock.monotonicMs() - startMs >= config.waitSecondsForService * 1000;
}

function requireEnabled(enabled: boolean): void {
  if (!enabled) throw new Failure('InternalError', 'disable');
}

function json(body: Printable): { readonly body: Buffer } {
  return { body: Buffer.from(printJson(body)) };
}
