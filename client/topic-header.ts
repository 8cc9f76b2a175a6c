/** How a broker is told to make a topic or change it. */
import { AUTO_CREATE_TOPIC } from '../protocol/mod.ts';

/** Attributes by name: an undefined value removes one. */
export type AttributeChanges = Readonly<Record<string, string | undefined>>;

interface TopicChange {
  readonly topic: string;
  readonly readQueues: number;
  readonly writeQueues: number;
  readonly perm: number;
  readonly order: boolean;
  readonly attributes: AttributeChanges;
}

/** The header of UPDATE_AND_CREATE_TOPIC. */
export function topicHeader(change: TopicChange) {
  return {
    topic: change.topic,
    defaultTopic: AUTO_CREATE_TOPIC,
    readQueueNums: change.readQueues,
    writeQueueNums: change.writeQueues,
    perm: change.perm,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: change.order,
    attributes: printAttributes(change.attributes),
  };
}

/** `+name=value` sets, `-name` removes. */
function printAttributes(attributes: AttributeChanges): string | undefined {
  const parts = Object.entries(attributes).map(([name, value]) => {
    return value === undefined ? `-${name}` : `+${name}=${value}`;
  });
  return parts.length === 0 ? undefined : parts.join(',');
}
