/** Messages looked up one by one: by a key, by their place in the log, by their place in a queue. */
import { consumeQueueAnswer } from '../../protocol/bodies/mod.ts';
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import { EntryRun, type MessageStore } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { Topics } from '../topics/topics.ts';

type Names = 'QUERY_MESSAGE' | 'VIEW_MESSAGE_BY_ID' | 'QUERY_CONSUME_QUEUE';

export interface LookupParts {
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly store: Pick<MessageStore, 'findByKey' | 'findRecord' | 'indexEnd'>;
}

/** Most bytes of one answer, below what a frame may have. */
const ANSWER_BYTES_MAX = 8_388_608;
const ENTRIES_MAX = 1000;

export function lookupHandlers(parts: LookupParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, topics, store } = parts;
  return {
    QUERY_MESSAGE: ({ header }) => {
      const isUnique = header._UNIQUE_KEY_QUERY === true;
      const offsets = store.findByKey({
        topic: header.topic,
        key: header.key,
        hitsMax: isUnique
          ? config.defaultQueryMaxNum
          : Math.min(Math.max(header.maxNum, 0), config.maxMsgsNumBatch),
        beginMs: header.beginTimestamp,
        endMs: header.endTimestamp,
      });
      const records = readAll(store, offsets);
      if (records.length === 0) {
        throw new Failure('NotFound', 'can not find message, maybe time range not correct');
      }
      const { logOffset, timestamp } = store.indexEnd;
      return {
        header: { indexLastUpdateTimestamp: timestamp, indexLastUpdatePhyoffset: logOffset },
        body: Buffer.concat(records),
      };
    },

    VIEW_MESSAGE_BY_ID: ({ header: { offset } }) => {
      const record = store.findRecord(offset);
      if (record !== undefined) return { body: record };
      throw new Failure('InternalError', `can not find message by the offset, ${offset}`);
    },

    QUERY_CONSUME_QUEUE: ({ header: { topic: name = '', queueId, index, count } }) => {
      const topic = topics.find(name);
      if (topic === undefined || queueId < 0 || queueId >= topic.queuesMax) {
        throw new Failure('InternalError', `${queueId}@${name} is not exist!`);
      }
      const queue = topic.stored.queue(queueId);
      const first = Math.max(index, queue.minOffset);
      const run = new EntryRun();
      queue.entries(first, Math.min(Math.max(count, 0), ENTRIES_MAX), run);
      const queueData = Array.from({ length: run.count }, (_, entry) => ({
        physicOffset: run.logOffset(entry),
        physicSize: run.size(entry),
        tagsCode: run.tagsCode(entry),
        eval: false,
      }));
      const answer = { minQueueIndex: queue.minOffset, maxQueueIndex: queue.maxOffset, queueData };
      return { body: consumeQueueAnswer.encode(answer) };
    },
  };
}

function readAll(store: Pick<MessageStore, 'findRecord'>, offsets: readonly number[]): Buffer[] {
  const records: Buffer[] = [];
  let bytes = 0;
  for (const offset of offsets) {
    const record = store.findRecord(offset);
    if (record === undefined) continue;
    bytes += record.length;
    if (bytes > ANSWER_BYTES_MAX && records.length > 0) break;
    records.push(record);
  }
  return records;
}
