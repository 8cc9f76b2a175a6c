/** What clients and tools ask about routes, and how tools change them. */
import { STANDARD_JSON_VERSION, topicList, topicRouteData } from '../protocol/bodies/mod.ts';
import { Failure, type nameServerRequests } from '../protocol/mod.ts';
import type { Handlers, Request } from '../remoting/mod.ts';
import { ORDER_TOPIC_CONFIG } from './kv-config.ts';
import type { NameServerParts } from './parts.ts';
import { findRoute, routeData, withActingMasters, withinZone } from './route-answer.ts';
import {
  clusters,
  systemTopics,
  topicsOfCluster,
  type UnitKind,
  unitTopics,
} from './route-lists.ts';

type Table = typeof nameServerRequests;

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
    return listed(unitTopics(routes, kind));
  };
  return {
    GET_ROUTEINFO_BY_TOPIC: (request) => route(parts, request),

    GET_BROKER_CLUSTER_INFO: () => ({ body: clusters(routes) }),

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
      return listed([...routes.topics.keys()]);
    },

    GET_TOPICS_BY_CLUSTER: ({ header: { cluster } }) => {
      requireEnabled(config.enableTopicList);
      return listed(topicsOfCluster(routes, cluster));
    },

    GET_SYSTEM_TOPIC_LIST_FROM_NS: () => ({
      body: topicList.encode(systemTopics(routes)),
    }),

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
    return { body: topicRouteData.encode(routeData(routes, topic, inZone, order), 'legacy') };
  }
  const { version } = request.command;
  const isStrict = version >= STANDARD_JSON_VERSION || acceptStandardJsonOnly === true;
  const data = routeData(routes, topic, shown, order);
  return { body: topicRouteData.encode(data, isStrict ? 'strict' : 'legacy') };
}

/** Whether routes are answered: at once, or when all brokers have had time to register. */
export function isReady({ config, clock, startMs }: NameServerParts): boolean {
  if (!config.needWaitForService) return true;
  return clock.monotonicMs() - startMs >= config.waitSecondsForService * 1000;
}

function requireEnabled(enabled: boolean): void {
  if (!enabled) throw new Failure('InternalError', 'disable');
}

function listed(names: readonly string[]): { readonly body: Buffer } {
  return { body: topicList.encode({ topicList: names }) };
}
