/** Which names topics and groups may have, and which topics are the broker's own. */

export const DEFAULT_TOPIC = 'TBW102';
const RETRY_PREFIX = '%RETRY%';
const DEAD_LETTER_PREFIX = '%DLQ%';
const SYSTEM_PREFIX = 'rmq_sys_';
const NAME_BYTES_MAX = 127;
const RETRY_NAME_BYTES_MAX = 255;
const GROUP_BYTES_MAX = 120;
const ALLOWED = /^[%|a-zA-Z0-9_-]+$/;

export const systemTopics: readonly string[] = [
  DEFAULT_TOPIC,
  'SCHEDULE_TOPIC_XXXX',
  'BenchmarkTest',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRACE_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
  'CHECKPOINT_TOPIC',
];

/** What the broker itself writes there means something to it. */
const notForProducers: ReadonlySet<string> = new Set([
  'SCHEDULE_TOPIC_XXXX',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
]);

export const retryTopicOf = (group: string): string => `${RETRY_PREFIX}${group}`;
export const deadLetterTopicOf = (group: string): string => `${DEAD_LETTER_PREFIX}${group}`;
export const isRetryTopic = (topic: string): boolean => topic.startsWith(RETRY_PREFIX);
export const isDeadLetterTopic = (topic: string): boolean => topic.startsWith(DEAD_LETTER_PREFIX);
export const groupOfRetryTopic = (topic: string): string => topic.slice(RETRY_PREFIX.length);
export const mayBeSentTo = (topic: string): boolean => !notForProducers.has(topic);
export const isSystemGroup = (group: string): boolean => group.startsWith('CID_RMQ_SYS_');

export function isSystemTopic(topic: string): boolean {
  return systemTopics.includes(topic) || topic.startsWith(SYSTEM_PREFIX);
}

/** Why `topic` cannot be a topic's name; undefined when it can. */
export function problemOfTopicName(topic: string): string | undefined {
  const isLongKind = isRetryTopic(topic) || isDeadLetterTopic(topic);
  return problemOf(topic, 'topic', isLongKind ? RETRY_NAME_BYTES_MAX : NAME_BYTES_MAX);
}

export function problemOfGroupName(group: string): string | undefined {
  return problemOf(group, 'group', GROUP_BYTES_MAX);
}

function problemOf(name: string, kind: string, bytesMax: number): string | undefined {
  if (name.trim() === '') return `The specified ${kind} is blank.`;
  if (!ALLOWED.test(name)) {
    return `The specified ${kind} contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$: ${name}`;
  }
  if (name.length > bytesMax) {
    return `The specified ${kind} is longer than ${kind} max length ${bytesMax}: it has ${name.length} characters`;
  }
  return undefined;
}
