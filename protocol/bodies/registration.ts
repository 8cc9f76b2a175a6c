/**
 * What a broker tells name servers about its topics, as JSON or in a compressed form:
 *
 *     zlib of: i32 length, data version | i32 count, (i32 length, topic)* |
 *              i32 length, filter servers | i32 count, (i32 length, queue mapping)*
 *
 * A topic there is `name read write perm filterType attributes`, so its system flag and order are
 * lost. The last list came with version 413. Brokers are known to send this form with a header that
 * says it is not compressed: `isCompressed` looks at the bytes.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { type BodyOf, body, codec, listOf, tableOf, text } from '../body.ts';
import { Failure } from '../failures.ts';
import type { JsonObject } from '../json.ts';
import { dataVersion } from './blocks.ts';
import { topicQueueMappingDetail, topicQueueMappingInfo } from './route.ts';
import { type TopicConfig, topicConfig } from './topics.ts';

const topics = body({
  dataVersion,
  mappingDataVersion: dataVersion,
  topicConfigTable: tableOf(topicConfig),
  topicQueueMappingDetailMap: tableOf(topicQueueMappingDetail),
  topicQueueMappingInfoMap: tableOf(topicQueueMappingInfo),
});

export const registration = body({
  filterServerList: listOf(text),
  topicConfigSerializeWrapper: topics,
});
export type Registration = BodyOf<typeof registration>;

const filterServers = codec(listOf(text));
const attributes = codec(tableOf(text));

/** Larger than any table of topics; what inflates to more is an attack. */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;
/** From this version of the sender on the queue mappings follow. */
const MAPPINGS_VERSION = 413;
const ZLIB_FIRST_BYTE = 0x78;

/** Throws `Failure` MalformedRequest. `version` is that of the request. */
export function decodeRegistration(bytes: Buffer, version: number): Registration {
  return isCompressed(bytes) ? decodeCompressed(bytes, version) : registration.decode(bytes);
}

/** Whether the bytes are the compressed form, whatever the header says. */
export function isCompressed(bytes: Buffer): boolean {
  return bytes[0] === ZLIB_FIRST_BYTE;
}

function decodeCompressed(bytes: Buffer, version: number): Registration {
  const reader = new PartReader(inflate(bytes));
  const version5 = dataVersion.decode(reader.part());
  const table = reader.list().map(decodeTopic);
  const filterServerList = filterServers.decode(reader.part());
  const mappings = version >= MAPPINGS_VERSION ? reader.list() : [];
  const infos = mappings.map((part) => topicQueueMappingInfo.decode(part));
  return {
    filterServerList,
    topicConfigSerializeWrapper: {
      dataVersion: version5,
      mappingDataVersion: dataVersion.fallback(),
      topicConfigTable: new Map(table.map((topic) => [topic.topicName, topic])),
      topicQueueMappingDetailMap: new Map(),
      topicQueueMappingInfoMap: new Map(infos.map((info) => [info.topic, info])),
    },
  };
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: INFLATED_BYTES_MAX });
  } catch (error) {
    throw new Failure('MalformedRequest', 'Cannot inflate the registration: it is no zlib stream', {
      cause: error,
    });
  }
}

/** Reads parts that have their length before them. */
class PartReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  part(): Buffer {
    const length = this.#int();
    const start = this.#position;
    if (length < 0 || length > this.#bytes.length - start) throw this.#cut();
    this.#position += length;
    return this.#bytes.subarray(start, this.#position);
  }

  list(): Buffer[] {
    const count = this.#int();
    // Every part has a length of its own: a count beyond that is a lie.
    if (count < 0 || count > (this.#bytes.length - this.#position) / 4) throw this.#cut();
    return Array.from({ length: count }, () => this.part());
  }

  #int(): number {
    if (this.#bytes.length - this.#position < 4) throw this.#cut();
    const value = this.#bytes.readInt32BE(this.#position);
    this.#position += 4;
    return value;
  }

  #cut(): Failure {
    return new Failure(
      'MalformedRequest',
      `Cannot read the registration: a length at byte ${this.#position} of ${this.#bytes.length} does not fit`,
    );
  }
}

function decodeTopic(part: Buffer): TopicConfig {
  const words = part.toString('utf8').split(' ');
  const [topicName = '', readQueueNums, writeQueueNums, perm, topicFilterType] = words;
  const place = `topic "${topicName}" of the registration`;
  if (topicFilterType === undefined || words.length > 6) {
    throw new Failure(
      'MalformedRequest',
      `Cannot read ${place}: expected 5 or 6 words, are ${words.length}`,
    );
  }
  const members = { topicName, readQueueNums, writeQueueNums, perm, topicFilterType };
  return {
    ...topicConfig.read(members as JsonObject, place),
    attributes: attributes.decode(Buffer.from(words[5] ?? '{}')),
  };
}

/** The compressed form. Our brokers do not send it; name servers are tested with it. */
export function encodeCompressed({
  filterServerList,
  topicConfigSerializeWrapper,
}: Registration): Buffer {
  const { dataVersion: version, topicConfigTable } = topicConfigSerializeWrapper;
  const infos = topicConfigSerializeWrapper.topicQueueMappingInfoMap;
  const parts = [
    withLength(dataVersion.encode(version)),
    count(topicConfigTable.size),
    ...[...topicConfigTable.values()].map((topic) => withLength(encodeTopic(topic))),
    withLength(filterServers.encode(filterServerList)),
    count(infos.size),
    ...[...infos.values()].map((info) => withLength(topicQueueMappingInfo.encode(info))),
  ];
  return deflateSync(Buffer.concat(parts), { level: 9 });
}

function encodeTopic(topic: TopicConfig): Buffer {
  const { topicName, readQueueNums, writeQueueNums, perm, topicFilterType } = topic;
  const words = [topicName, readQueueNums, writeQueueNums, perm, topicFilterType];
  return Buffer.from(`${words.join(' ')} ${attributes.encode(topic.attributes).toString()}`);
}

function count(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value, 0);
  return bytes;
}

function withLength(part: Buffer): Buffer {
  return Buffer.concat([count(part.length), part]);
}
