/** `Topic`: a topic of a cluster, on every broker group of it or on those of some broker sets. */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { clusterReference } from './blocks/cluster-reference.ts';
import { clusterReferenceTransition } from './entity-rules.ts';
import { entityManifestOf } from './metadata.ts';
import {
  nameRules,
  remotingName,
  reservedTopics,
  TOPIC_NAME_LENGTH_MAX,
} from './remoting-names.ts';
import type { Later, Named, Rule, TransitionRule } from './rule.ts';
import { dnsLabel, integer, oneOf, textMap } from './scalars.ts';
import { unchangedName } from './shared-rules.ts';

const QUEUES_MAX = 1024;

const topicSpec = block({
  clusterRef: clusterReference(),
  topicName: Type.Optional(
    remotingName(TOPIC_NAME_LENGTH_MAX, 'Name among clients; `metadata.name` when left out.'),
  ),
  messageType: oneOf(['Normal', 'FIFO', 'Delay', 'Transaction'], {
    default: 'Normal',
    description: 'What its messages may ask for.',
  }),
  queues: block(
    {
      read: integer(1, QUEUES_MAX, { default: 8, description: 'Queues that are read.' }),
      write: integer(1, QUEUES_MAX, { default: 8, description: 'Queues that are written.' }),
    },
    { default: {}, description: 'Queues on each broker group.' },
  ),
  permission: oneOf(['ReadWrite', 'ReadOnly', 'None'], {
    default: 'ReadWrite',
    description: 'What clients may do with it.',
  }),
  brokerSets: Type.Array(dnsLabel(), {
    default: [],
    maxItems: 32,
    uniqueItems: true,
    description: 'Sets of the cluster that have it, by their names in the cluster; all when empty.',
  }),
  attributes: textMap({
    default: {},
    maxProperties: 32,
    description: "More of RocketMQ's attributes, by name.",
  }),
  deletionPolicy: oneOf(['Retain', 'Delete'], {
    default: 'Retain',
    description: 'Whether the brokers lose it, with its messages, when this object goes.',
  }),
});

export type TopicSpec = Static<typeof topicSpec>;

export const topicManifest = entityManifestOf('Topic', topicSpec);

export type Topic = Static<typeof topicManifest>;

/** The name that clients know. */
export function topicName({ metadata, spec }: Named<TopicSpec>): string {
  return spec.topicName ?? metadata.name;
}

export const topicRules: readonly Rule<TopicSpec>[] = [
  ...nameRules({
    field: 'topicName',
    noun: 'topic',
    lengthMax: TOPIC_NAME_LENGTH_MAX,
    reserved: reservedTopics,
  }),
  {
    path: 'spec.queues',
    cel: 'self.queues.write <= self.queues.read',
    holds: ({ spec: { queues } }) => queues.write <= queues.read,
    message: ({ spec: { queues } }) =>
      `${queues.write} are written and ${queues.read} read: what is written must be read`,
    stated: 'what is written must be read: `write` is at most `read`',
  },
  {
    path: 'spec.attributes',
    cel: "!('message.type' in self.attributes)",
    holds: ({ spec }) => !Object.hasOwn(spec.attributes, 'message.type'),
    message: 'message.type is said by `messageType`; leave it out',
  },
];

export const topicTransitions: readonly TransitionRule<TopicSpec>[] = [
  {
    path: 'spec.topicName',
    at: 'root',
    cel: unchangedName('topicName'),
    holds: (now, before) => topicName(now) === topicName(before),
    message: (_now, before) => `it was ${topicName(before)} and cannot change`,
    stated: 'it cannot change',
  },
  {
    path: 'spec.messageType',
    cel: 'self.messageType == oldSelf.messageType',
    holds: (now, before) => now.spec.messageType === before.spec.messageType,
    message: (_now, before) => `it was ${before.spec.messageType} and cannot change`,
    stated: 'it cannot change',
  },
  clusterReferenceTransition<TopicSpec>(),
];

export const topicLater: readonly Later[] = [
  {
    path: 'spec.messageType',
    reason: 'delayed and transactional messages come later',
    remedy: 'say Normal or FIFO',
    works: ['Normal', 'FIFO'],
  },
];
