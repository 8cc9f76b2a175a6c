/** Offsets: what groups have committed, and where queues begin and end. */
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { MessageStore } from '../../store/mod.ts';
import type { SubscriptionGroups } from '../groups/subscription-groups.ts';
import type { Topics } from '../topics/topics.ts';
import type { ConsumerOffsets } from './consumer-offsets.ts';

export interface OffsetParts {
  readonly topics: Topics;
  readonly groups: SubscriptionGroups;
  readonly offsets: ConsumerOffsets;
  readonly store: Pick<MessageStore, 'offsetByTime' | 'storeTimeOf'>;
}

type Names =
  | 'QUERY_CONSUMER_OFFSET'
  | 'UPDATE_CONSUMER_OFFSET'
  | 'SEARCH_OFFSET_BY_TIMESTAMP'
  | 'GET_MAX_OFFSET'
  | 'GET_MIN_OFFSET'
  | 'GET_EARLIEST_MSG_STORETIME';

interface QueueFields {
  readonly topic: string;
  readonly queueId: number;
}

export function offsetHandlers(parts: OffsetParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { topics, groups, offsets, store } = parts;

  /** The queue asked about; one that does not exist is an empty one, as for RocketMQ. */
  const queueOf = ({ topic, queueId }: QueueFields) => {
    const found = topics.find(topic);
    return found !== undefined && queueId >= 0 && queueId < found.queuesMax
      ? found.stored.queue(queueId)
      : undefined;
  };

  return {
    QUERY_CONSUMER_OFFSET: ({ header }) => {
      const { consumerGroup, topic, queueId, setZeroIfNotFound } = header;
      const committed = offsets.find(topic, consumerGroup, queueId);
      if (committed !== undefined && committed >= 0) return { header: { offset: committed } };
      // A group's first read of a young queue starts at its first message.
      const isYoung = (queueOf(header)?.minOffset ?? 0) <= 0;
      if (setZeroIfNotFound !== false && isYoung) return { header: { offset: 0 } };
      throw new Failure('OffsetNotFound', 'Not found, maybe this group consumer boot first');
    },

    UPDATE_CONSUMER_OFFSET: ({ header: { consumerGroup, topic, queueId, commitOffset } }) => {
      if (groups.find(consumerGroup) === undefined) {
        throw new Failure('GroupNotFound', `Group ${consumerGroup} not exist!`);
      }
      const found = topics.find(topic);
      if (found === undefined) {
        throw new Failure('TopicNotFound', `Topic ${topic} not exist!`);
      }
      if (queueId < 0 || queueId >= found.queuesMax) {
        const right = `expected 0 or more and less than ${found.queuesMax}`;
        throw new Failure('InvalidParameter', `QueueId is ${queueId}, ${right}`);
      }
      if (commitOffset < 0) {
        throw new Failure('InvalidParameter', `Offset is ${commitOffset}, expected 0 or more`);
      }
      // What an operator has set holds until the group has been told.
      if (offsets.findReset(topic, consumerGroup, queueId) !== undefined) {
        return { remark: 'Offset has been previously reset' };
      }
      offsets.commit(topic, consumerGroup, queueId, commitOffset);
      return {};
    },

    SEARCH_OFFSET_BY_TIMESTAMP: ({ header }) => {
      const queue = queueOf(header);
      if (queue === undefined) return { header: { offset: 0 } };
      const boundary = header.boundaryType ?? 'LOWER';
      return { header: { offset: store.offsetByTime(queue, header.timestamp, boundary) } };
    },

    GET_MAX_OFFSET: ({ header }) => ({ header: { offset: queueOf(header)?.maxOffset ?? 0 } }),

    GET_MIN_OFFSET: ({ header }) => ({ header: { offset: queueOf(header)?.minOffset ?? 0 } }),

    GET_EARLIEST_MSG_STORETIME: ({ header }) => {
      const queue = queueOf(header);
      const timestamp = queue && store.storeTimeOf(queue, queue.minOffset);
      return { header: { timestamp: timestamp ?? -1 } };
    },
  };
}
