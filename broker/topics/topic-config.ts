/** What an operator can set of a topic, as RocketMQ spells it on the wire and in `topics.json`. */
import { PERMISSION } from '../../protocol/mod.ts';
import { isRecord } from '../metadata/json-body.ts';

export interface TopicConfig {
  readonly topicName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** The sum of `PERMISSION`s. */
  readonly perm: number;
  readonly topicFilterType: 'SINGLE_TAG' | 'MULTI_TAG';
  readonly topicSysFlag: number;
  readonly order: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export function topicConfig(
  topicName: string,
  queues: number,
  perm: number = PERMISSION.read | PERMISSION.write,
): TopicConfig {
  return {
    topicName,
    readQueueNums: queues,
    writeQueueNums: queues,
    perm,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: false,
    attributes: {},
  };
}

/** Reads an entry of `topics.json` or of a request; what is missing has RocketMQ's default. */
export function readTopicConfig(topicName: string, content: unknown): TopicConfig {
  const given = isRecord(content) ? content : {};
  const at = (name: string, fallback: number): number => Number(given[name] ?? fallback);
  const attributes = isRecord(given['attributes']) ? given['attributes'] : {};
  return {
    topicName,
    readQueueNums: at('readQueueNums', 16),
    writeQueueNums: at('writeQueueNums', 16),
    perm: at('perm', PERMISSION.read | PERMISSION.write),
    topicFilterType: given['topicFilterType'] === 'MULTI_TAG' ? 'MULTI_TAG' : 'SINGLE_TAG',
    topicSysFlag: at('topicSysFlag', 0),
    order: given['order'] === true,
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([, value]) => typeof value === 'string')
        .map(([name, value]) => [name, String(value)]),
    ),
  };
}

export function sameTopicConfig(a: TopicConfig, b: TopicConfig): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered({ attributes, ...rest }: TopicConfig): unknown {
  return [sorted(rest), sorted(attributes)];
}

function sorted(record: object): [string, unknown][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
