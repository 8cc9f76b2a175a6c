import { describe, expect, test } from 'vitest';
import { readObject } from './read-object.ts';

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'gantrymq.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'mq' },
  spec: { clusterRef: { name: 'orders' }, ...spec },
});

describe('the name among clients', () => {
  test.each(['order_events', '%odd|but-right%', 'TBW1020', 'a'.repeat(127)])(
    'may be %s',
    (topicName) => {
      expect(readObject('Topic', object('Topic', 'it', { topicName }))).toHaveProperty('manifest');
    },
  );

  test.each(['', 'a b', 'a.b', 'ä', 'a'.repeat(128), 'TBW102', '%DLQ%a', 'rmq_sys_REVIVE'])(
    'of a topic may not be %s',
    (topicName) => {
      expect(readObject('Topic', object('Topic', 'it', { topicName }))).toMatchObject({
        reason: 'InvalidSpec',
        problems: [{ path: 'spec.topicName' }],
      });
    },
  );

  test('is that of the object, where that can be one', () => {
    expect(readObject('ConsumerGroup', object('ConsumerGroup', 'billing', {}))).toHaveProperty(
      'manifest',
    );
    expect(readObject('ConsumerGroup', object('ConsumerGroup', 'a.b', {}))).toMatchObject({
      message:
        'spec.groupName: "a.b" cannot be the name of a group, which has at most 120 letters and no dots; set groupName',
    });
  });
});
