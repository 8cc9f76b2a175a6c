/**
 * The CRDs as a real API server takes them: what people write is accepted, filled in, shown in
 * columns, scaled and merged; what is wrong is refused with the sentence that a person reads.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { kinds, readManifest } from '../../../operator/mod.ts';
import { crds } from '../../../tools/crds.ts';
import { root } from '../../../tools/tree.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import type { KubeObject } from '../kube-api.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  // As a person does it, with all of each in an annotation.
  await server.kubectl(['apply', '-f', join(root, 'crds')]);
  const names = crds().map(({ metadata }) => `crd/${metadata.name}`);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
});
afterAll(() => server.close());

const PATHS = '/apis/gantrymq.io/v1alpha1/namespaces/default';

const object = (kind: string, name: string, spec: object): string =>
  stringify({ apiVersion: 'gantrymq.io/v1alpha1', kind, metadata: { name }, spec });
const brokerSet = (name: string, spec: object = {}): string =>
  object('BrokerSet', name, { nameServers: { addresses: ['10.0.0.1:9876'] }, ...spec });
const cluster = (name: string, spec: object): string => object('RocketMQCluster', name, spec);
const topic = (name: string, spec: object): string =>
  object('Topic', name, { clusterRef: { name: 'orders' }, ...spec });

const applied = (yaml: string): Promise<string> => server.kubectl(['apply', '-f', '-'], yaml);

/** What `kubectl apply` says against it. */
async function refusal(yaml: string): Promise<string> {
  const answer = await applied(yaml).then(
    (text) => `accepted: ${text}`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return answer
    .trim()
    .replace(/^Error from server \((\w+)\): (?:error when \w+ "\S+": )?/, '$1: ')
    .replace(/^The /, 'Invalid: ');
}

test('the CRDs applied again are unchanged', async () => {
  const lines = (await server.kubectl(['apply', '-f', join(root, 'crds')])).trim().split('\n');
  expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  expect(lines).toHaveLength(crds().length);
});

describe.each(['quickstart', 'kubernetes'])('examples/%s.yaml', (name) => {
  const file = join(root, `examples/${name}.yaml`);

  test('is accepted, and unchanged when applied again', async () => {
    expect(await server.kubectl(['apply', '-f', file])).not.toContain('unchanged');
    const again = (await server.kubectl(['apply', '-f', file])).trim().split('\n');
    expect(again.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  });
});

test('the example for the operator can be run as it is accepted: nothing in it comes later', () => {
  const documents = parseAllDocuments(readFileSync(join(root, 'examples/kubernetes.yaml'), 'utf8'));
  const problems = [...documents].map((document) => {
    const written = document.toJS() as { kind: 'RocketMQCluster' };
    const { read, refusals } = kinds[written.kind];
    const answer = read(written);
    return 'manifest' in answer ? refusals(answer.manifest, 'operator') : answer.problems;
  });
  expect(problems).toEqual([[], [], []]);
});

describe('defaults', () => {
  test('those of the API server are ours', async () => {
    await applied(brokerSet('plain', { replicas: 1 }));
    await applied(object('NameServer', 'plain', {}));
    const { brokerSets, nameServers } = readManifest(
      `${brokerSet('plain', { replicas: 1 })}---\n${object('NameServer', 'plain', {})}`,
      { file: 'it.yaml' },
    );
    const stored = await server.api.read(`${PATHS}/brokersets/plain`);
    expect(stored['spec']).toEqual(brokerSets[0]?.spec);
    expect((await server.api.read(`${PATHS}/nameservers/plain`))['spec']).toEqual(
      nameServers[0]?.spec,
    );
  });

  test('an umbrella holds of its components what its user wrote and no more', async () => {
    const spec = { brokerSets: [{ name: 'a', storage: {} }] };
    await applied(cluster('sparse', spec));
    expect((await server.api.read(`${PATHS}/rocketmqclusters/sparse`))['spec']).toEqual({
      ...spec,
      allowedNamespaces: [],
      monitoring: { podMonitor: 'Auto', prometheusRule: 'Auto', dashboards: false },
      deletionPolicy: 'Retain',
    });
  });

  test('a block that is written empty gets its defaults', async () => {
    await applied(brokerSet('empty-block', { storage: null, update: { handover: {} } }));
    const { spec } = await server.api.read(`${PATHS}/brokersets/empty-block`);
    expect(spec).toMatchObject({
      storage: { size: '20Gi' },
      update: { handover: { timeout: '30s' }, settle: '30s' },
    });
  });
});

describe('what is wrong is refused with a sentence', () => {
  const wrong: readonly (readonly [yaml: string, message: string])[] = [
    [brokerSet('bad', { replica: 1 }), 'unknown field "spec.replica"'],
    [brokerSet('bad', { replicas: 'x' }), 'spec.replicas in body must be of type integer'],
    [brokerSet('bad', { replicas: 10 }), 'spec.replicas in body should be less than or equal to 9'],
    [brokerSet('bad', { durability: 'Strong' }), 'supported values: "Async", "Quorum", "All"'],
    [brokerSet('bad', { storage: { size: '20 GB' } }), 'spec.storage.size in body should match'],
    [brokerSet('A_b'), 'metadata.name'],
    [brokerSet('a'.repeat(41)), 'metadata.name: Too long: may not be more than 40 bytes'],
    [object('BrokerSet', 'bad', {}), 'spec.nameServers: Required value'],
    [
      object('BrokerSet', 'bad', { nameServers: {} }),
      'spec.nameServers: Forbidden: exactly one of `ref` and `addresses` says where',
    ],
    [
      brokerSet('bad', { config: { brokerName: 'x' } }),
      'spec.config[brokerName]: Forbidden: brokerName is rendered from the spec: use `groupPrefix`; leave it out',
    ],
    [
      brokerSet('bad', { config: { 'a-b': 'x' } }),
      'spec.config: Invalid value: "object": each key must be the name of an option',
    ],
    [
      brokerSet('bad', { config: { maxMessageSize: 4_194_304 } }),
      'spec.config.maxMessageSize in body must be of type string',
    ],
    [
      brokerSet('bad', { overrides: { pod: { spec: { containers: [{ name: 'x' }] } } } }),
      'use `pod` and `pod.sidecars`',
    ],
    [
      cluster('bad', { brokerSets: [{ name: 'a', config: { listenPort: '1' } }] }),
      'spec.brokerSets[0].config[listenPort]: Forbidden: listenPort is rendered from the spec',
    ],
    [
      cluster('bad', { brokerSets: [{ name: 'a' }, { name: 'a' }] }),
      'spec.brokerSets[1]: Duplicate value',
    ],
    [cluster('bad', {}), 'spec.brokerSets: Required value'],
    [
      topic('order.events', {}),
      'spec.topicName: Forbidden: metadata.name cannot be the name of a topic',
    ],
    [
      topic('bad', { topicName: '%RETRY%a' }),
      'spec.topicName: Forbidden: brokers keep that topic for themselves; use another name',
    ],
    [
      topic('bad', { queues: { read: 4, write: 8 } }),
      'spec.queues: Forbidden: what is written must be read: `write` is at most `read`',
    ],
    [topic('bad', { topicName: 'a b' }), 'spec.topicName in body should match'],
    [
      object('ConsumerGroup', 'bad', { clusterRef: { name: 'a' }, groupName: 'CID_RMQ_SYS_TRANS' }),
      'spec.groupName: Forbidden: brokers keep that group for themselves',
    ],
    [object('Controller', 'bad', { replicas: 2 }), 'supported values: "1", "3", "5"'],
    [
      object('Proxy', 'bad', {}),
      'spec.clusterRef: Forbidden: exactly one of `clusterRef` and `nameServers`',
    ],
  ];

  test.each(wrong.map(([yaml, message]) => [message, yaml] as const))(
    '%s',
    async (message, yaml) => {
      expect(await refusal(yaml)).toContain(message);
    },
  );
});

test('what comes later is accepted: the operator answers with a condition', async () => {
  for (const yaml of [
    brokerSet('later', {
      replicas: 3,
      controllers: { ref: { name: 'x' } },
      auth: { enabled: true },
    }),
    cluster('later', { controller: {}, proxy: {}, brokerSets: [{ name: 'a', replicas: 3 }] }),
    object('Controller', 'later', {}),
    object('Proxy', 'later', { clusterRef: { name: 'later' } }),
    topic('later', { messageType: 'Delay' }),
  ]) {
    expect(await refusal(yaml)).toMatch(/^accepted: .* created$/);
  }
});

describe('a change of what exists', () => {
  const setStatus = (path: string, status: object): Promise<KubeObject> =>
    server.api.patch(`${PATHS}/${path}/status`, { status });

  test('that cannot be made is refused with a sentence', async () => {
    await applied(brokerSet('fixed', { storage: { size: '20Gi', storageClassName: 'a' } }));
    const storage = (storage: object): string => brokerSet('fixed', { storage });
    expect(await refusal(storage({ size: '10Gi', storageClassName: 'a' }))).toContain(
      'spec.storage.size: Forbidden: a volume can only grow',
    );
    expect(await refusal(storage({ size: '20Gi' }))).toContain(
      'spec.storage.storageClassName: Forbidden: it cannot change without moving the data',
    );
    expect(await refusal(storage({ ephemeral: {}, storageClassName: 'a' }))).toContain(
      'spec.storage.ephemeral: Forbidden: a volume cannot become ephemeral',
    );
    expect(await refusal(brokerSet('fixed', { clusterName: 'other' }))).toContain(
      'spec.clusterName: Forbidden: it cannot change',
    );
    await applied(topic('fixed', {}));
    expect(await refusal(topic('fixed', { topicName: 'other' }))).toContain('it cannot change');
    expect(await refusal(topic('fixed', { messageType: 'FIFO' }))).toContain('it cannot change');
  });

  test('an expansion that failed can be taken back to what every volume has', async () => {
    const sized = (size: string): string => brokerSet('floor', { storage: { size } });
    await applied(sized('20Gi'));
    await applied(sized('90Ti'));
    await setStatus('brokersets/floor', { volumeFloor: '20Gi' });
    expect(await refusal(sized('19Gi'))).toContain('a volume can only grow');
    expect(await refusal(sized('20Gi'))).toMatch(/^accepted: /);
  });

  test('a status can be written to an object that a rule of today would refuse', async () => {
    // Stored while the CRD had no rules, as by an older version.
    const [crd] = crds().filter(({ metadata }) => metadata.name === 'topics.gantrymq.io');
    const text = JSON.stringify(crd, (key, value: unknown) =>
      key === 'x-kubernetes-validations' ? undefined : value,
    );
    await server.kubectl(['apply', '-f', '-'], text);
    const queues = { read: 1, write: 2 };
    await expect
      .poll(() => refusal(topic('old', { queues })), { timeout: 20_000 })
      .toMatch(/^accepted: /);
    await server.kubectl(['apply', '-f', join(root, 'crds/topics.yaml')]);
    await expect
      .poll(() => refusal(topic('new', { queues })), { timeout: 20_000 })
      .toContain('what is written must be read');
    await setStatus('topics/old', { phase: 'Failed' });
    expect((await server.api.read(`${PATHS}/topics/old`))['status']).toEqual({ phase: 'Failed' });
  });
});

describe('statuses', () => {
  test('are written beside the spec, which keeps its generation', async () => {
    await applied(brokerSet('with-status'));
    const now = '2026-01-02T03:04:05Z';
    const conditions = [
      {
        type: 'Ready',
        status: 'True',
        reason: 'AllReady',
        message: 'It is.',
        lastTransitionTime: now,
      },
    ];
    const members = [{ pod: 'with-status-0-0', brokerId: 0, role: 'Master', ready: true }];
    const status = {
      phase: 'Ready',
      conditions,
      groups: 1,
      readyGroups: 1,
      selector: 'a=b',
      groupStatus: [
        { index: 0, name: 'with-status-0', master: { pod: 'with-status-0-0' }, members },
      ],
    };
    await server.api.patch(`${PATHS}/brokersets/with-status/status`, { status });
    const stored = await server.api.read(`${PATHS}/brokersets/with-status`);
    expect(stored['status']).toEqual(status);
    expect(stored.metadata.generation).toBe(1);
  });

  test('of two managers keep the conditions of both', async () => {
    await applied(topic('shared', {}));
    for (const type of ['Ready', 'QueueShrink']) {
      const path = `${PATHS}/topics/shared/status?fieldManager=of-${type}&force=true`;
      const condition = { type, status: 'True', reason: 'A', message: '' };
      await server.api.patch(
        path,
        {
          apiVersion: 'gantrymq.io/v1alpha1',
          kind: 'Topic',
          status: { conditions: [{ ...condition, lastTransitionTime: '2026-01-02T03:04:05Z' }] },
        },
        'apply',
      );
    }
    const { status } = await server.api.read(`${PATHS}/topics/shared`);
    expect(status.conditions.map(({ type }: { type: string }) => type)).toEqual([
      'Ready',
      'QueueShrink',
    ]);
  });
});

describe('kubectl', () => {
  test('scales groups of a BrokerSet and pods of a NameServer', async () => {
    await applied(brokerSet('scaled'));
    await applied(object('NameServer', 'scaled', {}));
    await server.kubectl(['scale', 'brokerset/scaled', '--replicas=3']);
    await server.kubectl(['scale', 'nameserver/scaled', '--replicas=5']);
    expect((await server.api.read(`${PATHS}/brokersets/scaled`))['spec'].groups).toBe(3);
    expect((await server.api.read(`${PATHS}/nameservers/scaled`))['spec'].replicas).toBe(5);
    await expect(server.kubectl(['scale', 'brokerset/scaled', '--replicas=65'])).rejects.toThrow(
      'spec.groups',
    );
  });

  test('knows every kind by its short name and all of them as rocketmq', async () => {
    for (const { spec } of crds()) {
      const [shortName = ''] = spec.names.shortNames;
      await server.kubectl(['get', shortName]);
    }
    const all = await server.kubectl(['get', 'rocketmq', '-o', 'name']);
    expect(all).toContain('brokerset.gantrymq.io/');
    expect(all).toContain('topic.gantrymq.io/');
  });

  test('shows in columns what matters', async () => {
    await applied(brokerSet('shown', { groups: 2, replicas: 1 }));
    const members = [{ pod: 'shown-0-0', ready: true }];
    await server.api.patch(`${PATHS}/brokersets/shown/status`, {
      status: {
        phase: 'Ready',
        readyGroups: 2,
        version: '1.2.3',
        masters: 'shown-0-0',
        conditions: [
          ['Ready', 'AllReady'],
          ['ReplicationHealthy', 'AllInSync'],
        ].map(([type, reason]) => ({
          type,
          status: 'True',
          reason,
          message: '',
          lastTransitionTime: '2026-01-02T03:04:05Z',
        })),
        groupStatus: [{ index: 0, name: 'shown-0', master: { pod: 'shown-0-0' }, members }],
      },
    });
    const [heads = '', row = ''] = (
      await server.kubectl(['get', 'rmqbs', 'shown', '-o', 'wide'])
    ).split('\n');
    expect(heads.replaceAll(/\s+/g, ' ').trim()).toBe(
      'NAME GROUPS SERVING REPLICAS IN-SYNC VERSION PHASE AGE REASON MASTERS STORAGE DURABILITY',
    );
    expect(row.replaceAll(/\s+/g, ' ').trim()).toMatch(
      /^shown 2 2 1 True 1\.2\.3 Ready \d+s AllReady shown-0-0 20Gi Quorum$/,
    );
  });

  test('explains every field', async () => {
    expect(await server.kubectl(['explain', 'brokerset.spec.update.settle'])).toContain(
      'Pause after each pod.',
    );
  });
});

test('a map of the umbrella is merged by name: a set that an autoscaler owns stays', async () => {
  const written = parse(cluster('merged', { brokerSets: [{ name: 'a', groups: 1 }] })) as object;
  const path = `${PATHS}/rocketmqclusters/merged`;
  await server.api.patch(`${path}?fieldManager=person`, written, 'apply');
  const other = parse(cluster('merged', { brokerSets: [{ name: 'b', groups: 2 }] })) as object;
  await server.api.patch(`${path}?fieldManager=other`, other, 'apply');
  expect((await server.api.read(path))['spec'].brokerSets).toEqual([
    { name: 'a', groups: 1 },
    { name: 'b', groups: 2 },
  ]);
});
