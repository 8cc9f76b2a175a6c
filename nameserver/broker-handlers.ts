/** What brokers ask: to be registered, kept alive, taken out. */
import { dataVersion, isSameVersion, kvTable, topicRouteData } from '../protocol/bodies/mod.ts';
import { Failure, type nameServerRequests } from '../protocol/mod.ts';
import type { Handlers, Request } from '../remoting/mod.ts';
import { ORDER_TOPIC_CONFIG } from './kv-config.ts';
import type { NameServerParts } from './parts.ts';
import { readRegistration } from './registration.ts';
import { memberGroup } from './route-lists.ts';

type Table = typeof nameServerRequests;

/** A body that says nothing. */
const EMPTY = Buffer.from('{}');

export function brokerHandlers(
  parts: NameServerParts,
): Pick<
  Handlers<Table>,
  | 'REGISTER_BROKER'
  | 'UNREGISTER_BROKER'
  | 'QUERY_DATA_VERSION'
  | 'BROKER_HEARTBEAT'
  | 'REGISTER_TOPIC_IN_NAMESRV'
  | 'GET_BROKER_MEMBER_GROUP'
> {
  const { routes, clock } = parts;
  return {
    REGISTER_BROKER: (request) => register(parts, request),

    UNREGISTER_BROKER: ({ header }) => {
      const { clusterName, brokerName, brokerAddr, brokerId } = header;
      const broker = { cluster: clusterName, brokerName, brokerAddr, brokerId };
      if (parts.unregistrations.submit(broker)) return {};
      throw new Failure('InternalError', 'Cannot unregister: too many brokers are doing so now');
    },

    QUERY_DATA_VERSION: ({ header: { clusterName, brokerAddr }, body }) => {
      const theirs = dataVersion.decode(body.length === 0 ? EMPTY : body);
      const known = routes.live.find(clusterName, brokerAddr)?.dataVersion;
      routes.live.touch(clusterName, brokerAddr, clock.monotonicMs());
      const changed = known === undefined || !isSameVersion(known, theirs);
      if (known === undefined) return { header: { changed } };
      return { header: { changed }, body: dataVersion.encode(known) };
    },

    BROKER_HEARTBEAT: ({ header: { clusterName, brokerAddr } }) => {
      routes.live.touch(clusterName, brokerAddr, clock.monotonicMs());
      return {};
    },

    REGISTER_TOPIC_IN_NAMESRV: ({ header: { topic }, body }) => {
      const { queueDatas } = topicRouteData.decode(body.length === 0 ? EMPTY : body);
      routes.registerTopic(topic, queueDatas);
      return {};
    },

    GET_BROKER_MEMBER_GROUP: ({ header: { clusterName, brokerName } }) => ({
      body: memberGroup(routes, clusterName, brokerName),
    }),
  };
}

function register(parts: NameServerParts, request: Request<Table, 'REGISTER_BROKER'>) {
  const { routes, clock, config, kv, log } = parts;
  const { header, body, command, connection } = request;
  const { brokerName, brokerAddr, clusterName, brokerId } = header;
  requireNames({ brokerName, brokerAddr, clusterName });
  const content = readRegistration(body, command.version, header.bodyCrc32 ?? 0);
  const isNew = routes.live.find(clusterName, brokerAddr) === undefined;
  const outcome = routes.register(
    {
      ...content,
      cluster: clusterName,
      brokerName,
      brokerAddr,
      brokerId,
      haServerAddr: header.haServerAddr,
      zoneName: header.__ZONE_NAME,
      timeoutMs: header.heartbeatTimeoutMillis,
      enableActingMaster: header.enableActingMaster,
      channel: connection,
    },
    clock.monotonicMs(),
  );
  if (outcome.kind === 'refused') throw new Failure('InternalError', 'register broker failed');
  if (outcome.kind === 'stale') {
    log.warn('Ignored the registration of an older life of a broker', { brokerName, brokerAddr });
    return { header: {} };
  }
  if (isNew) {
    const topics = content.topics.size;
    log.info('Broker registered', { brokerName, brokerId, brokerAddr, clusterName, topics });
  }
  if (outcome.minIdChange !== undefined) parts.onMinIdChange(outcome.minIdChange);
  const ordered = config.returnOrderTopicConfigToBroker
    ? kv.findNamespace(ORDER_TOPIC_CONFIG)
    : undefined;
  return {
    header: { ...outcome.master },
    ...(ordered && { body: kvTable.encode({ table: ordered }) }),
  };
}

function requireNames(names: Readonly<Record<string, string>>): void {
  for (const [field, value] of Object.entries(names)) {
    if (value !== '') continue;
    throw new Failure('MalformedRequest', `Cannot register: "${field}" must not be empty`);
  }
}
