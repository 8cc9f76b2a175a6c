/** The settings of topics that are made here, and when two are the same. */
import type { TopicConfig } from '../../protocol/bodies/mod.ts';
import { PERMISSION } from '../../protocol/mod.ts';

export function newTopic(
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
    attributes: new Map(),
  };
}

export function isSameConfig(a: TopicConfig, b: TopicConfig): boolean {
  const { attributes: ours, ...settings } = a;
  const { attributes: theirs, ...others } = b;
  return isSame(Object.entries(settings), Object.entries(others)) && isSame([...ours], [...theirs]);
}

function isSame(
  a: readonly (readonly [string, unknown])[],
  b: readonly (readonly [string, unknown])[],
): boolean {
  const other = new Map(b);
  return a.length === b.length && a.every(([name, value]) => other.get(name) === value);
}
