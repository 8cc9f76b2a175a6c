/** The body of a registration, in whichever form the broker's release writes it. */
import {
  type DataVersion,
  dataVersion,
  decodeRegistration,
  isCompressed,
  type TopicQueueMappingInfo,
  topicConfigTable,
} from '../protocol/bodies/mod.ts';
import { crc32, Failure } from '../protocol/mod.ts';
import type { TopicQueues } from './routes.ts';

/** Brokers older than V3_0_11 send the topic table alone. */
const WRAPPED_SINCE = 37;

export interface RegisteredTopics {
  readonly dataVersion: DataVersion;
  readonly topics: ReadonlyMap<string, TopicQueues>;
  readonly mappings: readonly TopicQueueMappingInfo[];
  readonly filterServers: readonly string[];
}

/** Throws `Failure` when it is damaged or unreadable. A `checksum` of 0 is not checked. */
export function readRegistration(
  body: Buffer,
  version: number,
  checksum: number,
): RegisteredTopics {
  if (checksum !== 0 && crc32(body, 0, body.length) !== checksum) {
    throw new Failure('InternalError', 'crc32 not match');
  }
  if (body.length === 0) {
    const nothing = { topics: new Map(), mappings: [], filterServers: [] };
    return { dataVersion: dataVersion.fallback(), ...nothing };
  }
  if (version < WRAPPED_SINCE && !isCompressed(body)) {
    const table = topicConfigTable.decode(body);
    return {
      dataVersion: table.dataVersion,
      topics: table.topicConfigTable,
      mappings: [],
      filterServers: [],
    };
  }
  const { topicConfigSerializeWrapper: table, filterServerList } = decodeRegistration(
    body,
    version,
  );
  return {
    dataVersion: table.dataVersion,
    topics: table.topicConfigTable,
    mappings: [...table.topicQueueMappingInfoMap.values()],
    filterServers: filterServerList,
  };
}
