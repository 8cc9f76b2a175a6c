import { describe, expect, test } from 'vitest';
import { Failure } from './failures.ts';
import {
  deadLetterTopic,
  isDerivedTopic,
  isOpenToProducers,
  isSystemGroup,
  isSystemTopic,
  popRetryTopic,
  popRetryTopicV1,
  replyTopic,
  requireGroupName,
  requireTopicName,
  retryTopic,
  reviveTopic,
  syncMemberTopic,
} from './topic-names.ts';

describe('a topic name', () => {
  test.each(['T', '%RETRY%g', 'a|b-c_d%', 'x'.repeat(127), `%DLQ%${'x'.repeat(250)}`])(
    'may be %s',
    (name) => {
      expect(() => requireTopicName(name)).not.toThrow();
    },
  );

  test.each([
    ['', 'it is blank'],
    [' ', 'it is blank'],
    ['x'.repeat(128), 'it has 128 characters, at most 127 are allowed'],
    [`%RETRY%${'x'.repeat(249)}`, 'it has 256 characters, at most 255 are allowed'],
    ['a b', 'it contains " ", allowed are letters of ASCII, digits, % | - _'],
    ['ähm', 'it contains "ä"'],
  ])('may not be "%s"', (name, message) => {
    expect(() => requireTopicName(name)).toThrow(Failure);
    expect(() => requireTopicName(name)).toThrow(message);
  });
});

test('a group name may have 120 characters', () => {
  expect(() => requireGroupName('g'.repeat(120))).not.toThrow();
  expect(() => requireGroupName('g'.repeat(121))).toThrow('at most 120');
});

test('derived names are those of RocketMQ', () => {
  expect([retryTopic('g'), deadLetterTopic('g')]).toEqual(['%RETRY%g', '%DLQ%g']);
  expect([popRetryTopic('g', 't'), popRetryTopicV1('g', 't')]).toEqual([
    '%RETRY%g+t',
    '%RETRY%g_t',
  ]);
  expect([reviveTopic('c'), syncMemberTopic('b'), replyTopic('c')]).toEqual([
    'rmq_sys_REVIVE_LOG_c',
    'rmq_sys_SYNC_BROKER_MEMBER_b',
    'c_REPLY_TOPIC',
  ]);
  expect([isDerivedTopic('%DLQ%g'), isDerivedTopic('g')]).toEqual([true, false]);
});

test('system topics and groups are known by name or prefix', () => {
  expect(['TBW102', 'rmq_sys_x', 'T'].map(isSystemTopic)).toEqual([true, true, false]);
  expect(['TOOLS_CONSUMER', 'CID_RMQ_SYS_x', 'g'].map(isSystemGroup)).toEqual([true, true, false]);
  expect(['TBW102', 'SCHEDULE_TOPIC_XXXX', 'T'].map(isOpenToProducers)).toEqual([
    true,
    false,
    true,
  ]);
});
