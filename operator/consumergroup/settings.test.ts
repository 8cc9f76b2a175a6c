import { expect, test } from 'vitest';
import { readObject } from '../api/read-object.ts';
import { differences, settingsOf } from './settings.ts';

const read = readObject('ConsumerGroup', {
  apiVersion: 'gantrymq.io/v1alpha1',
  kind: 'ConsumerGroup',
  metadata: { name: 'billing' },
  spec: { clusterRef: { name: 'shop' }, retry: { maxTimes: 3 } },
});
if (!('manifest' in read)) throw new Error(read.message);
const wanted = settingsOf(read.manifest);

test('a group has what its spec says, and the defaults of RocketMQ', () => {
  expect(wanted).toEqual({
    group: 'billing',
    consumeEnabled: true,
    consumeBroadcast: true,
    consumeOrderly: false,
    retryTimesMax: 3,
    retryQueues: 1,
  });
});

test('every setting that differs is named by its field', () => {
  expect(differences(wanted, wanted)).toEqual([]);
  const other = {
    group: 'billing',
    consumeEnabled: false,
    consumeBroadcast: false,
    consumeOrderly: true,
    retryTimesMax: 16,
    retryQueues: 2,
  };
  expect(differences(wanted, other)).toEqual([
    'consume.enabled is false, wanted true',
    'consume.broadcast is false, wanted true',
    'consume.orderly is true, wanted false',
    'retry.maxTimes is 16, wanted 3',
    'retry.queues is 2, wanted 1',
  ]);
});
