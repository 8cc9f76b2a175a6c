/** Offsets that operators set: moved to a time or a number, copied from another group. */
import { correctionOffsets, type MessageQueue, resetOffsets } from '../../protocol/bodies/mod.ts';
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { ConsumeQueue, MessageStore } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { SubscriptionGroups } from '../groups/subscription-groups.ts';
import type { Topics } from '../topics/topics.ts';
import type { ConsumerOffsets } from './consumer-offsets.ts';

type Names = 'INVOKE_BROKER_TO_RESET_OFFSET' | 'CLONE_GROUP_OFFSET' | 'QUERY_CORRECTION_OFFSET';

export interface ResetParts {
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly groups: SubscriptionGroups;
  readonly offsets: ConsumerOffsets;
  readonly store: Pick<MessageStore, 'offsetByTime'>;
}

/** Says that a group needs no correction, as RocketMQ does. */
const NO_CORRECTION = Number.MAX_SAFE_INTEGER;

export function resetHandlers(parts: ResetParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, topics, groups, offsets, store } = parts;
  return {
    INVOKE_BROKER_TO_RESET_OFFSET: ({ header }) => {
      const { group, topic: name, queueId = -1, offset = -1, timestamp } = header;
      const topic = topics.find(name);
      if (topic === undefined) throw new Failure('TopicNotFound', `Topic ${name} does not exist`);
      if (groups.find(group) === undefined) {
        throw new Failure('GroupNotFound', `Group ${group} does not exist`);
      }
      const { readQueueNums } = topic.config;
      if (queueId >= readQueueNums) {
        throw new Failure(
          'InvalidParameter',
          `queueId is ${queueId}, expected less than ${readQueueNums}`,
        );
      }
      const queueIds =
        queueId >= 0 ? [queueId] : Array.from({ length: readQueueNums }, (_, id) => id);
      const queues = queueIds.map((id) => topic.stored.queue(id));
      // All are looked at before the first is moved.
      const targets = queues.map((queue) => {
        if (offset >= 0) return [queue, requireWithin(queue, offset)] as const;
        return [
          queue,
          timestamp < 0 ? queue.maxOffset : store.offsetByTime(queue, timestamp, 'LOWER'),
        ] as const;
      });
      const offsetTable = new Map<MessageQueue, number>();
      for (const [queue, target] of targets) {
        offsets.reset(name, group, queue.queueId, target);
        offsetTable.set(
          { brokerName: config.brokerName, queueId: queue.queueId, topic: name },
          target,
        );
      }
      return { body: resetOffsets.encode({ offsetTable }) };
    },

    CLONE_GROUP_OFFSET: ({ header: { srcGroup, destGroup, topic } }) => {
      const cloned = topic === undefined ? offsets.topicsOf(srcGroup) : [topic];
      for (const name of cloned) offsets.copy(name, srcGroup, destGroup);
      return {};
    },

    QUERY_CORRECTION_OFFSET: ({ header: { topic, compareGroup, filterGroups = '' } }) => {
      const compared = offsets.queues(topic, compareGroup);
      const excluded = new Set([compareGroup, ...filterGroups.split(',')]);
      const others = offsets.groupsOf(topic).filter((group) => !excluded.has(group));
      const least = new Map<number, number>();
      for (const group of others) {
        for (const [queueId, at] of offsets.queues(topic, group)) {
          least.set(queueId, Math.min(at, least.get(queueId) ?? Number.MAX_SAFE_INTEGER));
        }
      }
      const corrected = [...least].map(([queueId, at]) => {
        return [queueId, at < (compared.get(queueId) ?? 0) ? NO_CORRECTION : at] as const;
      });
      return { body: correctionOffsets.encode({ correctionOffsets: new Map(corrected) }) };
    },
  };
}

function requireWithin({ minOffset, maxOffset }: ConsumeQueue, offset: number): number {
  if (offset >= minOffset && offset <= maxOffset + 1) return offset;
  throw new Failure(
    'InternalError',
    `Target offset ${offset} not in consume queue range [${minOffset}-${maxOffset}]`,
  );
}
