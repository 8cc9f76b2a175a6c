/** What the operator takes as names of topics and groups is what brokers take, and keep not for themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds, type StatedRule } from '../operator/mod.ts';
import {
  deadLetterTopic,
  isDerivedTopic,
  isSystemGroup,
  isSystemTopic,
  requireGroupName,
  requireTopicName,
  retryTopic,
  systemGroups,
  systemTopics,
} from '../protocol/mod.ts';

const head = { apiVersion: 'gantrymq.io/v1alpha1', metadata: { name: 'it' } };
const clusterRef = { name: 'orders' };

function takesTopic(topicName: string): boolean {
  const read = kinds.Topic.read({ ...head, kind: 'Topic', spec: { clusterRef, topicName } });
  return 'manifest' in read && kinds.Topic.refusals(read.manifest, 'operator').length === 0;
}

function takesGroup(groupName: string): boolean {
  const spec = { clusterRef, groupName };
  const read = kinds.ConsumerGroup.read({ ...head, kind: 'ConsumerGroup', spec });
  return 'manifest' in read && kinds.ConsumerGroup.refusals(read.manifest, 'operator').length === 0;
}

function isName(requireName: (name: string) => void, name: string): boolean {
  try {
    requireName(name);
    return true;
  } catch {
    return false;
  }
}

/** The names that a rule refuses, as its pattern lists them. */
function reservedBy(rules: readonly StatedRule[]): string[] {
  const lists = rules.flatMap(({ cel }) => /\.matches\('\^\((.*)\)\$'\)/.exec(cel)?.[1] ?? []);
  expect(lists).toHaveLength(1);
  return lists.flatMap((list) => list.split('|'));
}

/** Names that brokers keep, names next to them, and any other text. */
const names = (kept: readonly string[], prefixes: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...kept),
    fc.tuple(fc.constantFrom(...kept, ...prefixes), fc.string({ maxLength: 3 })).map((parts) => {
      return parts.join('');
    }),
    fc.tuple(fc.constantFrom('X', 'x_'), fc.constantFrom(...kept)).map((parts) => parts.join('')),
    fc.constantFrom(...kept).map((name) => name.toLowerCase()),
    fc.stringMatching(/^[%|a-zA-Z0-9_-]{1,130}$/),
    fc.string(),
  );

describe('names that brokers keep', () => {
  test('are those that the operator refuses, and no others', () => {
    const topics = [
      ...systemTopics,
      'rmq_sys_.*',
      `${retryTopic('')}.*`,
      `${deadLetterTopic('')}.*`,
    ];
    expect(new Set(reservedBy(kinds.Topic.rules))).toEqual(new Set(topics));
    const groups = [...systemGroups, 'CID_RMQ_SYS_.*'];
    expect(new Set(reservedBy(kinds.ConsumerGroup.rules))).toEqual(new Set(groups));
  });

  test('of topics are told alike by both', () => {
    const prefixes = ['rmq_sys_', retryTopic(''), deadLetterTopic('')];
    fc.assert(
      fc.property(names(systemTopics, prefixes), (name) => {
        const isKept = isSystemTopic(name) || isDerivedTopic(name);
        expect(takesTopic(name)).toBe(isName(requireTopicName, name) && !isKept);
      }),
      { numRuns: 500 },
    );
  });

  test('of groups are told alike by both', () => {
    fc.assert(
      fc.property(names(systemGroups, ['CID_RMQ_SYS_']), (name) => {
        expect(takesGroup(name)).toBe(isName(requireGroupName, name) && !isSystemGroup(name));
      }),
      { numRuns: 500 },
    );
  });
});
