import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readObject } from './read-object.ts';

/** What the API server adds to an object that somebody wrote. */
const serverSet = {
  uid: 'c8494479-86f5-4aee-a886-2aa17b53cee5',
  resourceVersion: '402',
  generation: 3,
  creationTimestamp: '2026-11-25T15:17:20Z',
  deletionTimestamp: '2026-11-25T16:17:20Z',
  finalizers: ['gantrymq.io/drain'],
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'b' }],
  managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsV1: {} }],
  selfLink: '/somewhere',
};

const object = (kind: string, spec: object, metadata: object = {}) => ({
  apiVersion: 'gantrymq.io/v1alpha1',
  kind,
  metadata: { name: 'it', namespace: 'mq', ...serverSet, ...metadata },
  spec,
  status: { phase: 'Ready', conditions: [], ofAnotherVersion: 1 },
});

const brokerSet = (spec: object) =>
  object('BrokerSet', { nameServers: { addresses: ['10.0.0.1:9876'] }, replicas: 1, ...spec });
const cluster = (spec: object) =>
  object('RocketMQCluster', { brokerSets: [{ name: 'a', replicas: 1 }], ...spec });

describe('an object of the API server', () => {
  test('is complete, without what only the server writes', () => {
    const read = readObject('BrokerSet', brokerSet({ groups: 2 }));
    expect(read).toMatchObject({
      manifest: {
        metadata: { name: 'it', namespace: 'mq', labels: {}, annotations: {} },
        spec: { groups: 2, durability: 'Quorum', storage: { size: '20Gi' } },
      },
    });
    expect(read).not.toHaveProperty('manifest.status');
    expect(read).not.toHaveProperty('manifest.metadata.uid');
  });

  test('may carry any annotation, such as all that kubectl applied last', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': 'x'.repeat(100_000) };
    expect(
      readObject('Topic', object('Topic', { clusterRef: { name: 'a' } }, { annotations })),
    ).toHaveProperty('manifest');
  });

  test('is read once: the same object has the same answer, a changed one another', () => {
    const raw = brokerSet({});
    const read = readObject('BrokerSet', raw);
    expect(readObject('BrokerSet', raw)).toBe(read);
    expect(readObject('BrokerSet', { ...raw })).toEqual(read);
    expect(readObject('BrokerSet', { ...raw })).not.toBe(read);
    expect(readObject('NameServer', raw)).toMatchObject({ reason: 'InvalidSpec' });
  });

  test('is left as it is: the caches hand it to everybody', () => {
    const raw = brokerSet({});
    const before = structuredClone(raw);
    readObject('BrokerSet', raw);
    expect(raw).toEqual(before);
  });

  test('that is anything at all is answered, never thrown over', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (metadata, spec) => {
        for (const raw of [spec, { metadata, spec }, { ...brokerSet({}), metadata, spec }]) {
          expect(readObject('BrokerSet', raw)).toMatchObject({ reason: 'InvalidSpec' });
        }
      }),
    );
  });
});

describe('what cannot be made real', () => {
  test('is wrong: every problem is in the message, what comes later is not', () => {
    const raw = brokerSet({ durability: 'All', retire: [9], uncleanElection: 'Manual' });
    expect(readObject('BrokerSet', raw)).toMatchObject({
      reason: 'InvalidSpec',
      message:
        'spec.retire: names a group that does not exist: there are groups 0 to 1\n' +
        'spec.durability: All needs a second copy, and replicas is 1; say Async or Quorum',
    });
  });

  test.each([
    [brokerSet({ replicas: 3 }), 'spec.replicas: 3 is not possible yet'],
    [brokerSet({ drain: { policy: 'Manual' } }), 'spec.drain.policy: "Manual" is not possible yet'],
    [brokerSet({ update: { supervised: true } }), 'spec.update.supervised: true is not possible'],
    [brokerSet({ networkPolicy: { enabled: true } }), 'spec.networkPolicy.enabled: true is not'],
    [cluster({ controller: {} }), 'spec.controller: this block is not possible yet'],
    [cluster({ proxy: {} }), 'spec.proxy: this block is not possible yet'],
    [cluster({ brokerSets: [{ name: 'a' }] }), 'spec.brokerSets[0].replicas: 3 is not possible'],
    [object('Controller', {}), 'kind: "Controller" is not possible yet'],
    [object('Proxy', { clusterRef: { name: 'a' } }), 'kind: "Proxy" is not possible yet'],
    [
      object('Topic', { clusterRef: { name: 'a' }, messageType: 'Delay' }),
      'spec.messageType: "Delay" is not possible yet',
    ],
  ] as const)('comes later: %j', (raw, message) => {
    expect(readObject(raw.kind as 'Proxy', raw)).toMatchObject({
      reason: 'NotImplemented',
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('is told once, though every child of the umbrella inherits it', () => {
    const read = readObject('RocketMQCluster', cluster({ tls: { mode: 'Enforcing' } }));
    expect(read).toMatchObject({
      message: expect.stringMatching(
        /^spec\.tls\.mode: "Enforcing" is not possible yet.*$/,
      ) as unknown,
    });
  });
});

test.each([
  brokerSet({ update: { settle: '1s', progressDeadline: '1m', maxUnavailableGroups: 2 } }),
  brokerSet({ recovery: { forceDeletePodsOfDeletedNodes: false } }),
  brokerSet({ groups: 2, retire: [1] }),
  cluster({ monitoring: { podMonitor: 'Disabled', dashboards: true } }),
  cluster({ deletionPolicy: 'Delete', allowedNamespaces: ['other'] }),
  object('Topic', { clusterRef: { name: 'a', namespace: 'other' }, messageType: 'FIFO' }),
  object('ConsumerGroup', { clusterRef: { name: 'a' }, groupName: 'GID_billing' }),
] as const)('the operator makes real what `gantry up` does not: %j', (raw) => {
  expect(readObject(raw.kind as 'Topic', raw)).toHaveProperty('manifest.spec');
});
