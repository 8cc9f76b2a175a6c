/**
 * What is wrong with a cluster, or with what is around it, is said where its user looks, and is over
 * once it is put right. What is said is printed. Pods are played on paper.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { type ClusterOptions, clusterManifest } from '../manifests.ts';
import { OperatorProcess } from '../operator-process.ts';
import { type Plural, World } from '../world.ts';

interface Case {
  readonly namespace: string;
  readonly what: string;
  /** Applied before. */
  readonly setting?: string;
  readonly cluster?: ClusterOptions;
  readonly plural: Plural;
  readonly name: string;
  readonly condition: { readonly type: string; readonly reason: string };
  readonly says: string;
  /** `kubectl` that puts it right, when applying a right manifest does not. */
  readonly mending?: readonly string[];
  /** Whether the cluster can become a right one; otherwise it is deleted and made anew. */
  readonly isMendable?: boolean;
}

const set = { plural: 'brokersets', name: 'it-broker' } as const;

const quota = (hard: string): string => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: small }
spec: { hard: { ${hard} } }
`;
const noQuota = ['delete', 'resourcequota', 'small'];
const taken = (annotations: string, labels = ''): string => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data-it-broker-0-0
  annotations: { ${annotations} }
  labels: { ${labels} }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`;

const cases: readonly Case[] = [
  {
    namespace: 'no-image',
    what: 'an image that does not exist',
    cluster: { image: 'absent:1' },
    ...set,
    condition: { type: 'Stalled', reason: 'ImagePull' },
    says: 'absent:1',
  },
  {
    namespace: 'no-class',
    what: 'a storage class that does not exist',
    cluster: { storageClass: 'golden' },
    ...set,
    condition: { type: 'VolumesReady', reason: 'NoStorageClass' },
    says: 'golden',
    isMendable: false,
  },
  {
    namespace: 'no-key',
    what: 'a key that no broker knows',
    cluster: { config: { maxMesageSize: '1048576' } },
    ...set,
    condition: { type: 'Stalled', reason: 'InvalidConfig' },
    says: 'maxMesageSize',
  },
  {
    namespace: 'no-value',
    what: 'a value that no broker takes',
    cluster: { config: { maxMessageSize: 'large' } },
    ...set,
    condition: { type: 'Stalled', reason: 'InvalidConfig' },
    says: 'maxMessageSize',
  },
  {
    namespace: 'few-claims',
    what: 'a quota without room for a claim',
    setting: quota("persistentvolumeclaims: '1'"),
    ...set,
    condition: { type: 'Stalled', reason: 'QuotaExceeded' },
    says: 'exceeded quota: small',
    mending: noQuota,
  },
  {
    namespace: 'few-pods',
    what: 'a quota without room for a pod',
    setting: quota("pods: '1'"),
    ...set,
    condition: { type: 'Stalled', reason: 'QuotaExceeded' },
    says: 'exceeded quota: small',
    mending: noQuota,
  },
  {
    namespace: 'few-objects',
    what: 'a quota without room for an object of the operator',
    setting: quota("count/services: '2'"),
    ...set,
    condition: { type: 'Stalled', reason: 'QuotaExceeded' },
    says: 'exceeded quota: small',
    mending: noQuota,
  },
  {
    namespace: 'taken-claim',
    what: 'a claim that holds the data of another cluster',
    setting: taken('gantrymq.io/owner: BrokerSet/taken-claim/other/it-broker-0/other'),
    ...set,
    condition: { type: 'Stalled', reason: 'IdentityMismatch' },
    says: 'data-it-broker-0-0',
    mending: ['delete', 'pvc', 'data-it-broker-0-0'],
  },
  {
    namespace: 'taken-set',
    what: 'a StatefulSet of somebody else with the wanted name',
    setting: `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: it-broker-0 }
spec:
  replicas: 0
  serviceName: other
  selector: { matchLabels: { app: other } }
  template:
    metadata: { labels: { app: other } }
    spec: { containers: [{ name: other, image: 'other:1' }] }
`,
    ...set,
    condition: { type: 'Stalled', reason: 'ForeignObject' },
    says: 'it-broker-0',
    mending: ['delete', 'statefulset', 'it-broker-0'],
  },
];

let world: World;

beforeAll(async () => {
  const namespaces = cases.map(({ namespace }) => namespace);
  world = await World.start({
    isOnPaper: true,
    operator: { namespaces: namespaces.join() },
  });
  for (const namespace of [...namespaces, LIMITED]) {
    await world.server.kubectl(['create', 'namespace', namespace]);
  }
});

afterAll(() => world[Symbol.asyncDispose]());

/** Pods on paper are ready at once, so that one that is not is soon known to be stuck. */
const SOON: ClusterOptions = { progressDeadline: '6s' };

/** Where another operator is at work. */
const LIMITED = 'limited';

async function messageOf(
  plural: Plural,
  name: string,
  wanted: Readonly<Record<string, string>>,
  place: string,
): Promise<string> {
  await world.awaitCondition(plural, name, wanted, place);
  const { status } = await world.require(plural, name, place);
  const conditions = status.conditions as { type: string; message: string }[];
  return conditions.find(({ type }) => type === wanted['type'])?.message ?? '';
}

function print(what: string, { type, reason }: Case['condition'], message: string): void {
  console.log(`${what}\n  ${type}/${reason}: ${message}`);
}

describe.concurrent('in a namespace of its own', () => {
  test.each(cases)('$what is said, and over when it is put right', async (row) => {
    const { namespace, plural, name, condition } = row;
    const kubectl = (args: readonly string[], input?: string): Promise<string> =>
      world.server.kubectl(['-n', namespace, ...args], input);
    if (row.setting !== undefined) await kubectl(['apply', '-f', '-'], row.setting);
    await world.server.apply(clusterManifest({ ...SOON, ...row.cluster, namespace }));
    const message = await messageOf(plural, name, condition, namespace);
    print(row.what, condition, message);
    expect(message).toContain(row.says);
    const whole = { type: 'Ready', status: 'False' };
    const told = await messageOf('rocketmqclusters', 'it', whole, namespace);
    expect(told, 'the cluster names its component').toContain(name);
    if (row.mending !== undefined) await kubectl(row.mending);
    if (row.isMendable === false) {
      await kubectl(['delete', 'rmq', 'it', '--timeout=60s']);
      await kubectl(['delete', 'pvc', '--all', '--timeout=60s']);
    }
    await world.server.apply(clusterManifest({ ...SOON, namespace }));
    await converged({ world, namespace });
  });

  test('an operator without a right says which, in the status of what it cannot do', async () => {
    const namespace = LIMITED;
    const kubectl = (...args: string[]): Promise<string> =>
      world.server.kubectl(['-n', namespace, ...args]);
    await kubectl('create', 'serviceaccount', 'operator');
    const all = ['--verb=*', '--resource=*.*'];
    await kubectl('create', 'role', 'most', ...all);
    await kubectl(
      'create',
      'rolebinding',
      'most',
      '--role=most',
      `--serviceaccount=${namespace}:operator`,
    );
    // Rights are added up, so that one is taken away by naming all the others.
    await world.server.kubectl([
      '-n',
      namespace,
      'patch',
      'role',
      'most',
      '--type=merge',
      '-p',
      JSON.stringify({ rules: WITHOUT_BUDGETS }),
    ]);
    const token = (await kubectl('create', 'token', 'operator')).trim();
    await using operator = await OperatorProcess.start(world.proxy.kubeconfig(token), {
      namespaces: namespace,
      leaseNamespace: namespace,
    });
    await world.server.apply(clusterManifest({ namespace }));
    const condition = { type: 'Stalled', reason: 'Forbidden' };
    const message = await messageOf('brokersets', 'it-broker', condition, namespace);
    print('an operator without a right', condition, message);
    expect(message).toContain('poddisruptionbudgets');
    await kubectl(
      'patch',
      'role',
      'most',
      '--type=merge',
      '-p',
      JSON.stringify({ rules: EVERYTHING }),
    );
    await converged({ world, namespace });
    expect(operator.isRunning).toBe(true);
  });
});

const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const WITHOUT_BUDGETS = [
  {
    apiGroups: ['', 'apps', 'gantrymq.io', 'coordination.k8s.io', 'events.k8s.io'],
    resources: ['*'],
    verbs: ['*'],
  },
  { apiGroups: ['policy'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
];
