/** `ConsumerGroup`: consumers that share their work, what they may do and how often they retry. */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { clusterReference } from './blocks/cluster-reference.ts';
import { clusterReferenceTransition } from './entity-rules.ts';
import { entityManifestOf } from './metadata.ts';
import {
  GROUP_NAME_LENGTH_MAX,
  nameRules,
  remotingName,
  reservedGroups,
} from './remoting-names.ts';
import type { Later, Named, Rule, TransitionRule } from './rule.ts';
import { integer, oneOf } from './scalars.ts';
import { unchangedName } from './shared-rules.ts';

const consumerGroupSpec = block({
  clusterRef: clusterReference(),
  groupName: Type.Optional(
    remotingName(GROUP_NAME_LENGTH_MAX, 'Name among clients; `metadata.name` when left out.'),
  ),
  consume: block(
    {
      enabled: Type.Boolean({ default: true, description: 'Whether it may consume at all.' }),
      broadcast: Type.Boolean({
        default: true,
        description: 'Whether each member may take all messages.',
      }),
      orderly: Type.Boolean({
        default: false,
        description: 'Whether a queue is consumed one message after another.',
      }),
    },
    { default: {}, description: 'What its consumers may do.' },
  ),
  retry: block(
    {
      maxTimes: integer(0, 1000, {
        default: 16,
        description:
          'How often a message is given again before it counts as dead. Kept by the brokers, and without effect until they take messages back.',
      }),
      queues: integer(1, 1024, {
        default: 1,
        description: 'Queues for messages given again. Kept, and without effect as `maxTimes`.',
      }),
    },
    { default: {}, description: 'What becomes of messages that are not consumed.' },
  ),
  deletionPolicy: oneOf(['Retain', 'Delete'], {
    default: 'Retain',
    description: 'Whether the brokers lose it, with its offsets, when this object goes.',
  }),
});

export type ConsumerGroupSpec = Static<typeof consumerGroupSpec>;

export const consumerGroupManifest = entityManifestOf('ConsumerGroup', consumerGroupSpec);

export type ConsumerGroup = Static<typeof consumerGroupManifest>;

/** The name that clients know. */
export function groupName({ metadata, spec }: Named<ConsumerGroupSpec>): string {
  return spec.groupName ?? metadata.name;
}

export const consumerGroupRules: readonly Rule<ConsumerGroupSpec>[] = nameRules({
  field: 'groupName',
  noun: 'group',
  lengthMax: GROUP_NAME_LENGTH_MAX,
  reserved: reservedGroups,
});

export const consumerGroupTransitions: readonly TransitionRule<ConsumerGroupSpec>[] = [
  {
    path: 'spec.groupName',
    at: 'root',
    cel: unchangedName('groupName'),
    holds: (now, before) => groupName(now) === groupName(before),
    message: (_now, before) => `it was ${groupName(before)} and cannot change`,
    stated: 'it cannot change',
  },
  clusterReferenceTransition<ConsumerGroupSpec>(),
];

export const consumerGroupLater: readonly Later[] = [];
