/** Names of topics and groups: what is allowed, and which of them the cluster keeps for itself. */
import { Failure } from './failures.ts';

const TOPIC_LENGTH_MAX = 127;
/** Of the topics that are made for a group. */
const DERIVED_TOPIC_LENGTH_MAX = 255;
const GROUP_LENGTH_MAX = 120;

const RETRY_PREFIX = '%RETRY%';
const DEAD_LETTER_PREFIX = '%DLQ%';
const SYSTEM_PREFIX = 'rmq_sys_';
/** Where messages with a time wait for it. */
export const TIMER_TOPIC = `${SYSTEM_PREFIX}wheel_timer`;
const SYSTEM_GROUP_PREFIX = 'CID_RMQ_SYS_';

/** The topic whose settings topics made by a first send inherit. */
export const AUTO_CREATE_TOPIC = 'TBW102';
export const SCHEDULE_TOPIC = 'SCHEDULE_TOPIC_XXXX';
export const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC';
export const OPERATION_HALF_TOPIC = 'RMQ_SYS_TRANS_OP_HALF_TOPIC';
const TRANSACTION_EXPIRED_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC';
const TRACE_TOPIC = 'RMQ_SYS_TRACE_TOPIC';
export const SELF_TEST_TOPIC = 'SELF_TEST_TOPIC';
export const BENCHMARK_TOPIC = 'BenchmarkTest';
export const OFFSET_MOVED_TOPIC = 'OFFSET_MOVED_EVENT';
const CHECKPOINT_TOPIC = 'CHECKPOINT_TOPIC';

/** The topics every broker has for itself, whatever its name and settings. */
export const systemTopics: readonly string[] = [
  AUTO_CREATE_TOPIC,
  SCHEDULE_TOPIC,
  BENCHMARK_TOPIC,
  HALF_TOPIC,
  TRACE_TOPIC,
  OPERATION_HALF_TOPIC,
  TRANSACTION_EXPIRED_TOPIC,
  SELF_TEST_TOPIC,
  OFFSET_MOVED_TOPIC,
  CHECKPOINT_TOPIC,
];
const systemTopicSet: ReadonlySet<string> = new Set(systemTopics);

/** Topics that producers may not send to. */
const closedTopics: ReadonlySet<string> = new Set([
  SCHEDULE_TOPIC,
  HALF_TOPIC,
  OPERATION_HALF_TOPIC,
  TRANSACTION_EXPIRED_TOPIC,
  SELF_TEST_TOPIC,
  OFFSET_MOVED_TOPIC,
]);

/** Groups that every broker knows. */
export const systemGroups: readonly string[] = [
  'TOOLS_CONSUMER',
  'FILTERSRV_CONSUMER',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
  'CID_ONSAPI_PULL',
  'CID_ONSAPI_PERMISSION',
  'CID_ONSAPI_OWNER',
  'CID_RMQ_SYS_TRANS',
];
const systemGroupSet: ReadonlySet<string> = new Set(systemGroups);

export function retryTopic(group: string): string {
  return RETRY_PREFIX + group;
}

export function deadLetterTopic(group: string): string {
  return DEAD_LETTER_PREFIX + group;
}

/** Where messages that a POP consumer did not acknowledge go; `+` keeps the names apart. */
export function popRetryTopic(group: string, topic: string): string {
  return `${RETRY_PREFIX}${group}+${topic}`;
}

/** As `popRetryTopic` in RocketMQ's first form, where names with `_` can collide. */
export function popRetryTopicV1(group: string, topic: string): string {
  return `${RETRY_PREFIX}${group}_${topic}`;
}

export function reviveTopic(clusterName: string): string {
  return `${SYSTEM_PREFIX}REVIVE_LOG_${clusterName}`;
}

export function syncMemberTopic(brokerName: string): string {
  return `${SYSTEM_PREFIX}SYNC_BROKER_MEMBER_${brokerName}`;
}

export function replyTopic(clusterName: string): string {
  return `${clusterName}_REPLY_TOPIC`;
}

export function isRetryTopic(topic: string): boolean {
  return topic.startsWith(RETRY_PREFIX);
}

function isDeadLetterTopic(topic: string): boolean {
  return topic.startsWith(DEAD_LETTER_PREFIX);
}

/** Made for a consumer group, not by a user. */
export function isDerivedTopic(topic: string): boolean {
  return isRetryTopic(topic) || isDeadLetterTopic(topic);
}

export function isSystemTopic(topic: string): boolean {
  return systemTopicSet.has(topic) || topic.startsWith(SYSTEM_PREFIX);
}

export function isSystemGroup(group: string): boolean {
  return systemGroupSet.has(group) || group.startsWith(SYSTEM_GROUP_PREFIX);
}

/** Whether producers may send to it. */
export function isOpenToProducers(topic: string): boolean {
  return !closedTopics.has(topic);
}

/** Throws `Failure` InvalidParameter that says what is wrong and what would be right. */
export function requireTopicName(topic: string): void {
  const lengthMax = isDerivedTopic(topic) ? DERIVED_TOPIC_LENGTH_MAX : TOPIC_LENGTH_MAX;
  requireName('topic', topic, lengthMax);
}

/** As `requireTopicName` for a group. */
export function requireGroupName(group: string): void {
  requireName('group', group, GROUP_LENGTH_MAX);
}

function requireName(kind: 'topic' | 'group', name: string, lengthMax: number): void {
  const problem = nameProblem(name, lengthMax);
  if (problem === undefined) return;
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  throw new Failure('InvalidParameter', `Cannot use "${shown}" as a ${kind} name: ${problem}`);
}

function nameProblem(name: string, lengthMax: number): string | undefined {
  if (name.trim() === '') return 'it is blank';
  if (name.length > lengthMax) {
    return `it has ${name.length} characters, at most ${lengthMax} are allowed`;
  }
  const wrong = /[^%|a-zA-Z0-9_-]/.exec(name)?.[0];
  if (wrong === undefined) return undefined;
  return `it contains ${JSON.stringify(wrong)}, allowed are letters of ASCII, digits, % | - _`;
}
