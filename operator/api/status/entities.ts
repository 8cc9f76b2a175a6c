/** What the operator tells of a `Topic` and of a `ConsumerGroup`. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { integer, listMap, oneOf, time } from '../scalars.ts';
import { conditionList } from './conditions.ts';
import { count, observedGeneration, phase, text } from './shared.ts';

const entityFields = {
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  brokers: count('Broker groups that have it as the spec says.'),
  syncedAt: Type.Optional(time({ description: 'When all brokers were last seen to have it.' })),
};

export const topicStatus = block({
  ...entityFields,
  topicName: text('Name among clients.'),
  leaving: Type.Optional(
    listMap(
      block({
        name: Type.String({ maxLength: 127, description: 'Name of the broker group.' }),
        step: oneOf(['Reading', 'Removing'], {
          description: '`Reading`: closed for writing; `Removing`: all is read, it goes.',
        }),
        since: time({ description: 'Since when.' }),
        blockers: Type.Optional(
          Type.Array(Type.String({ maxLength: 512 }), {
            maxItems: 5,
            description: 'What it waits for.',
          }),
        ),
      }),
      ['name'],
      { maxItems: 128, description: 'Broker groups from which it is being taken.' },
    ),
  ),
  shrink: Type.Optional(
    block(
      {
        readQueues: integer(1, 1024, { description: 'Queues that are read until it is done.' }),
        since: time({ description: 'Since when the others are closed.' }),
        blockers: Type.Optional(
          Type.Array(Type.String({ maxLength: 512 }), {
            maxItems: 5,
            description: 'Groups that still have to read them.',
          }),
        ),
      },
      { description: 'Queues are being taken away.' },
    ),
  ),
  brokerStatus: Type.Optional(
    listMap(
      block({
        name: Type.String({ maxLength: 127, description: 'Name of the broker group.' }),
        readQueues: integer(0, 65_535, { description: 'Queues that are read.' }),
        writeQueues: integer(0, 65_535, { description: 'Queues that are written.' }),
      }),
      ['name'],
      { maxItems: 128, description: 'What each broker group had when it was last looked at.' },
    ),
  ),
});

export type TopicStatus = Static<typeof topicStatus>;

export const consumerGroupStatus = block({
  ...entityFields,
  groupName: text('Name among clients.'),
});

export type ConsumerGroupStatus = Static<typeof consumerGroupStatus>;
