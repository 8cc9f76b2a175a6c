import { describe, expect, test } from 'vitest';
import { readObject } from '../api/read-object.ts';
import { differences, settingsOf } from './settings.ts';

function topic(spec: object) {
  const read = readObject('Topic', {
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'Topic',
    metadata: { name: 'orders' },
    spec: { clusterRef: { name: 'shop' }, ...spec },
  });
  if ('manifest' in read) return settingsOf(read.manifest);
  throw new Error(read.message);
}

test('a topic of which nothing is said has the defaults of RocketMQ', () => {
  expect(topic({})).toEqual({
    topic: 'orders',
    readQueues: 8,
    writeQueues: 8,
    perm: 6,
    order: false,
    attributes: { 'message.type': 'NORMAL' },
  });
});

test('FIFO is a type of message and an order of queues', () => {
  expect(topic({ messageType: 'FIFO' })).toMatchObject({
    order: true,
    attributes: { 'message.type': 'FIFO' },
  });
});

test.each([
  ['ReadWrite', 6],
  ['ReadOnly', 4],
  ['None', 0],
])('%s is permission %i', (permission, perm) => {
  expect(topic({ permission }).perm).toBe(perm);
});

describe('what a broker has', () => {
  const wanted = topic({ attributes: { 'reserve.time': '3' } });

  test('is named where it differs, each with what it is and should be', () => {
    const is = { ...wanted, readQueues: 4, perm: 4, attributes: {} };
    expect(differences(wanted, is)).toEqual([
      'read queues is 4, wanted 8',
      'permission is 4, wanted 6',
      'reserve.time is not set, wanted 3',
    ]);
    const more = { ...wanted, attributes: { ...wanted.attributes, colour: 'red' } };
    expect(differences(wanted, more)).toEqual(['colour is red, wanted not set']);
  });

  test.each([{}, { 'message.type': 'UNSPECIFIED' }, { 'queue.type': 'SimpleCQ' }])(
    'is the same with %j, which says nothing else',
    (attributes) => {
      expect(differences(topic({}), { ...topic({}), attributes })).toEqual([]);
    },
  );

  test('of another type of message is another topic', () => {
    const is = { ...wanted, attributes: { ...wanted.attributes, 'message.type': 'FIFO' } };
    expect(differences(wanted, is)).toEqual(['message.type is FIFO, wanted NORMAL']);
  });
});
