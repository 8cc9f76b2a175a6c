/**
 * Reads what a broker says of itself and its topics when it registers (REGISTER_BROKER): the body
 * in its three forms, JSON of today, JSON of brokers before 3.0.11, and the compressed form.
 *
 * What a broker leaves out has Java's defaults; what it writes wrongly is refused.
 */
import { inflateSync } from 'node:zlib';
import { crc32, Failure, type Json, parseLenient } from '../protocol/mod.ts';
import { type DataVersion, NO_VERSION, type QueueMapping, type TopicQueues } from './route-data.ts';

/** Brokers older than V3_0_11 send the topic table alone. */
const WRAPPED_SINCE = 37;
/** Since V5_0_0 the compressed form ends with queue mappings. */
const MAPPINGS_SINCE = 413;
/** What a compressed body may grow to: as much as a frame may carry, many times over. */
const INFLATED_BYTES_MAX = 268_435_456;
const ZLIB_FIRST_BYTE = 0x78;

export interface RegistrationBody {
  readonly dataVersion: DataVersion;
  readonly topics: ReadonlyMap<string, TopicQueues>;
  readonly mappings: readonly QueueMapping[];
  readonly filterServers: readonly string[];
}

type Members = Readonly<Record<string, Json | undefined>>;

/** `checksum` 0 is not checked. Throws `Failure`. */
export function decodeRegistration(
  body: Buffer,
  version: number,
  checksum: number,
): RegistrationBody {
  if (checksum !== 0 && crc32(body, 0, body.length) !== checksum) {
    throw new Failure('InternalError', 'crc32 not match');
  }
  if (body.length === 0) {
    return { dataVersion: NO_VERSION, topics: new Map(), mappings: [], filterServers: [] };
  }
  try {
    // The header says whether it is compressed, but RocketMQ's own broker says it wrongly.
    if (body[0] === ZLIB_FIRST_BYTE) return decodeCompressed(body, version);
    const content = membersOf(parseLenient(body.toString()));
    if (version < WRAPPED_SINCE) return decodeWrapper(content, []);
    const filterServers = textsOf(content['filterServerList']);
    return decodeWrapper(membersOf(content['topicConfigSerializeWrapper']), filterServers);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('MalformedRequest', `Cannot read the registration: ${reason}`, {
      cause: error,
    });
  }
}

/** The body of QUERY_DATA_VERSION. */
export function decodeDataVersion(body: Buffer): DataVersion {
  try {
    return body.length === 0 ? NO_VERSION : dataVersion(parseLenient(body.toString()));
  } catch (error) {
    throw new Failure('MalformedRequest', `Cannot read the data version: ${String(error)}`);
  }
}

/** The body of REGISTER_TOPIC_IN_NAMESRV: queues of one topic, by broker name. */
export function decodeQueueDatas(body: Buffer): (TopicQueues & { readonly brokerName: string })[] {
  try {
    const { queueDatas } = membersOf(parseLenient(body.toString()));
    return (Array.isArray(queueDatas) ? queueDatas : []).map((item) => {
      const members = membersOf(item);
      return { brokerName: textOf(members['brokerName']), ...topicQueues(members, 0) };
    });
  } catch (error) {
    throw new Failure('MalformedRequest', `Cannot read the queues of the topic: ${String(error)}`);
  }
}

function decodeWrapper(wrapper: Members, filterServers: readonly string[]): RegistrationBody {
  const topics = Object.entries(membersOf(wrapper['topicConfigTable'])).map(
    ([name, config]) => [name, topicQueues(membersOf(config), QUEUES_FALLBACK)] as const,
  );
  const mappings = Object.values(membersOf(wrapper['topicQueueMappingInfoMap']));
  return {
    dataVersion: dataVersion(wrapper['dataVersion']),
    topics: new Map(topics),
    mappings: mappings.map(queueMapping),
    filterServers,
  };
}

/** Texts with their lengths before them; a topic is six words. */
function decodeCompressed(body: Buffer, version: number): RegistrationBody {
  const bytes = inflateSync(body, { maxOutputLength: INFLATED_BYTES_MAX });
  let position = 0;
  const count = (): number => {
    const value = bytes.readInt32BE(position);
    position += 4;
    return value;
  };
  const text = (): string => {
    const length = count();
    if (length < 0 || position + length > bytes.length) throw new RangeError('a text is cut off');
    position += length;
    return bytes.toString('utf8', position - length, position);
  };
  const versionText = text();
  const topics = new Map<string, TopicQueues>();
  for (let left = count(); left > 0; left--) {
    const [name = '', read, write, perm] = text().split(' ');
    topics.set(name, {
      readQueueNums: Number(read),
      writeQueueNums: Number(write),
      perm: Number(perm),
      topicSysFlag: 0,
    });
  }
  const filterServers = textsOf(parseLenient(text()));
  const mappings: QueueMapping[] = [];
  if (version >= MAPPINGS_SINCE && position < bytes.length) {
    for (let left = count(); left > 0; left--) mappings.push(queueMapping(parseLenient(text())));
  }
  return {
    dataVersion: dataVersion(parseLenient(versionText)),
    topics,
    mappings,
    filterServers,
  };
}

const QUEUES_FALLBACK = 16;
const PERM_FALLBACK = 6;

function topicQueues(config: Members, queues: number): TopicQueues {
  const at = (name: string, fallback: number): number => integer(config[name], fallback, name);
  return {
    perm: at('perm', PERM_FALLBACK),
    readQueueNums: at('readQueueNums', queues),
    topicSysFlag: at('topicSysFlag', 0),
    writeQueueNums: at('writeQueueNums', queues),
  };
}

function dataVersion(value: Json | undefined): DataVersion {
  const members = membersOf(value);
  return {
    counter: integer(members['counter'], 0, 'counter'),
    stateVersion: integer(members['stateVersion'], 0, 'stateVersion'),
    timestamp: integer(members['timestamp'], 0, 'timestamp'),
  };
}

function queueMapping(value: Json | undefined): QueueMapping {
  const members = membersOf(value);
  const { scope } = members;
  const ids = Object.entries(membersOf(members['currIdMap']));
  return {
    bname: textOf(members['bname']),
    currIdMap: new Map(ids.map(([id, queue]) => [Number(id), integer(queue, 0, 'currIdMap')])),
    dirty: members['dirty'] === true,
    epoch: integer(members['epoch'], 0, 'epoch'),
    scope: scope === undefined || scope === null ? undefined : textOf(scope),
    topic: textOf(members['topic']),
    totalQueues: integer(members['totalQueues'], 0, 'totalQueues'),
  };
}

function integer(value: Json | undefined, fallback: number, name: string): number {
  if (value === undefined || value === null) return fallback;
  const number = Number(value);
  if (Number.isInteger(number)) return number;
  throw new TypeError(`"${name}" must be a whole number, is ${JSON.stringify(value)}`);
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`expected text, found ${JSON.stringify(value)}`);
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function membersOf(value: Json | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
