/** What the operator refuses as names of topics and groups is what brokers keep for themselves. */
import { describe, expect, test } from 'vitest';
import { kinds } from '../operator/mod.ts';
import { isSystemGroup, isSystemTopic } from '../protocol/mod.ts';

const head = { apiVersion: 'gantrymq.io/v1alpha1', metadata: { name: 'it' } };
const clusterRef = { name: 'orders' };

function topicProblems(topicName: string): number {
  const read = kinds.Topic.read({ ...head, kind: 'Topic', spec: { clusterRef, topicName } });
  return 'problems' in read ? -1 : kinds.Topic.refusals(read.manifest, 'operator').length;
}

function groupProblems(groupName: string): number {
  const spec = { clusterRef, groupName };
  const read = kinds.ConsumerGroup.read({ ...head, kind: 'ConsumerGroup', spec });
  return 'problems' in read ? -1 : kinds.ConsumerGroup.refusals(read.manifest, 'operator').length;
}

describe('names that brokers keep', () => {
  test.each([
    'TBW102',
    'SCHEDULE_TOPIC_XXXX',
    'BenchmarkTest',
    'RMQ_SYS_TRANS_HALF_TOPIC',
    'RMQ_SYS_TRACE_TOPIC',
    'RMQ_SYS_TRANS_OP_HALF_TOPIC',
    'TRANS_CHECK_MAX_TIME_TOPIC',
    'SELF_TEST_TOPIC',
    'OFFSET_MOVED_EVENT',
    'CHECKPOINT_TOPIC',
    'rmq_sys_',
    'rmq_sys_wheel',
    'orders',
    'TBW1021',
    'RMQ_SYS_OTHER',
    'my_rmq_sys_topic',
    'self_test_topic',
  ])('topic %s', (name) => {
    expect(topicProblems(name)).toBe(isSystemTopic(name) ? 1 : 0);
  });

  test.each([
    'TOOLS_CONSUMER',
    'FILTERSRV_CONSUMER',
    'SELF_TEST_C_GROUP',
    'CID_ONS-HTTP-PROXY',
    'CID_ONSAPI_PULL',
    'CID_ONSAPI_PERMISSION',
    'CID_ONSAPI_OWNER',
    'CID_RMQ_SYS_TRANS',
    'CID_RMQ_SYS_',
    'billing',
    'CID_RMQ',
    'tools_consumer',
    'X_CID_RMQ_SYS_X',
  ])('group %s', (name) => {
    expect(groupProblems(name)).toBe(isSystemGroup(name) ? 1 : 0);
  });
});
