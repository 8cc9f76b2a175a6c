/** What a `Topic` asks of every broker, and where one differs from it. Pure. */
import type { TopicSettings } from '../access/mod.ts';
import { type Topic, topicName } from '../api/topic.ts';

const TYPES = {
  Normal: 'NORMAL',
  FIFO: 'FIFO',
  Delay: 'DELAY',
  Transaction: 'TRANSACTION',
} as const satisfies Readonly<Record<Topic['spec']['messageType'], string>>;

const PERMISSIONS = { ReadWrite: 6, ReadOnly: 4, None: 0 } as const satisfies Readonly<
  Record<Topic['spec']['permission'], number>
>;

export function settingsOf(topic: Topic): TopicSettings {
  const { messageType, permission, queues, attributes } = topic.spec;
  return {
    topic: topicName(topic),
    readQueues: queues.read,
    writeQueues: queues.write,
    perm: PERMISSIONS[permission],
    order: messageType === 'FIFO',
    attributes: { ...attributes, [TYPE]: TYPES[messageType] },
  };
}

const TYPE = 'message.type';
/** A topic without the attribute is one of ordinary messages. */
const ORDINARY: readonly (string | undefined)[] = [undefined, 'UNSPECIFIED', 'NORMAL'];
/** Decided when a topic is made: no broker changes them, so one that nobody asked for may stay. */
const FIXED: readonly string[] = ['queue.type', 'cleanup.policy'];

/** Each for a person: `read queues are 4, wanted 8`. */
export function differences(wanted: TopicSettings, is: TopicSettings): string[] {
  const numbers = [
    ['read queues', wanted.readQueues, is.readQueues],
    ['write queues', wanted.writeQueues, is.writeQueues],
    ['permission', wanted.perm, is.perm],
    ['order', wanted.order, is.order],
  ] as const;
  const names = new Set([...Object.keys(wanted.attributes), ...Object.keys(is.attributes)]);
  const attributes = [...names]
    .filter((name) => isOther(name, wanted.attributes[name], is.attributes[name]))
    .map((name) => [name, wanted.attributes[name], is.attributes[name]] as const);
  return [...numbers, ...attributes]
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `${what} is ${shown(other)}, wanted ${shown(one)}`);
}

function isOther(name: string, wanted: string | undefined, is: string | undefined): boolean {
  if (name === TYPE && ORDINARY.includes(wanted) && ORDINARY.includes(is)) return false;
  if (FIXED.includes(name) && wanted === undefined) return false;
  return wanted !== is;
}

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'not set' : String(value);
}
