/**
 * What is wrong with a spec, a namespace or the operator's rights is said where its user looks, and
 * is over once it is put right.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { Namespace, print } from './namespace.ts';

let nodes: RealNodes;
let shop: Namespace;

beforeAll(async () => {
  nodes = await startNodes(1);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator('--set', 'rbac.readClusterObjects=true');
  await shop.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: names }
spec: { replicas: 1 }
`);
  await shop.converged('rmqns', 'names');
});

afterAll(() => nodes.close());

interface SetSpec {
  readonly name: string;
  readonly image?: string;
  readonly storageClassName?: string;
  readonly config?: Readonly<Record<string, string>>;
}

function brokerSet({ name, image, storageClassName, config = {} }: SetSpec): string {
  return JSON.stringify({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'BrokerSet',
    metadata: { name },
    spec: {
      nameServers: { ref: { name: 'names' } },
      groups: 1,
      replicas: 1,
      durability: 'Async',
      storage: { size: '1Gi', storageClassName },
      update: { settle: '1s', progressDeadline: '20s' },
      pod: { terminationGracePeriodSeconds: 5 },
      image,
      config,
    },
  });
}

/** What the user is told, which is printed. */
async function told(name: string, condition: Readonly<Record<string, string>>): Promise<string> {
  const message = await shop.condition('rmqbs', name, condition);
  print(`${condition['type']}/${condition['reason']}: ${message}`);
  return message;
}

async function warnings(name: string): Promise<string> {
  const events = await shop.list('events.events.k8s.io');
  const ours = events.filter(
    ({ regarding, type }) => regarding.name === name && type === 'Warning',
  );
  return ours.map(({ reason, note }) => `${reason}: ${note}`).join('\n');
}

test('an image that does not exist', async () => {
  const name = 'no-image';
  await shop.apply(brokerSet({ name, image: 'gantry:none' }));
  const message = await told(name, { type: 'Stalled', reason: 'ImagePull' });
  expect(message).toContain('gantry:none');
  expect(await warnings(name)).toContain('Stalled');
  await shop.apply(brokerSet({ name }));
  await shop.converged('rmqbs', name);
});

test('a storage class that does not exist', async () => {
  const name = 'no-class';
  await shop.apply(brokerSet({ name, storageClassName: 'golden' }));
  const message = await told(name, { type: 'VolumesReady', reason: 'NoStorageClass' });
  expect(message).toContain('golden');
});

test('a key of config that no broker knows', async () => {
  const name = 'no-key';
  await shop.apply(brokerSet({ name, config: { maxMesageSize: '1048576' } }));
  const message = await told(name, { type: 'Stalled', reason: 'InvalidConfig' });
  expect(message).toContain('maxMesageSize');
  await shop.apply(brokerSet({ name }));
  await shop.converged('rmqbs', name);
});

test('a claim that holds the data of another cluster', async () => {
  const name = 'taken';
  await shop.apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data-${name}-0-0
  annotations: { gantrymq.io/owner: BrokerSet/shop/other/other-0 }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`);
  await shop.apply(brokerSet({ name }));
  const message = await told(name, { type: 'Stalled', reason: 'IdentityMismatch' });
  expect(message).toContain(`data-${name}-0-0`);
  expect((await shop.brokerPods()).has(`${name}-0-0`)).toBe(false);
});

test('a quota of the namespace that has no room', async () => {
  const small = await Namespace.create(nodes, 'small');
  await small.apply(`
apiVersion: v1
kind: ResourceQuota
metadata: { name: sets }
spec: { hard: { count/statefulsets.apps: '0' } }
`);
  await small.installOperator('--set', 'crds.create=false');
  await small.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: names }
spec: { replicas: 1 }
`);
  const wanted = { type: 'Stalled', reason: 'QuotaExceeded' };
  const message = await small.condition('rmqns', 'names', wanted);
  print(`Stalled/QuotaExceeded: ${message}`);
  expect(message).toContain('exceeded quota: sets');
  await small.kubectl('delete', 'resourcequota', 'sets');
  await small.converged('rmqns', 'names');
});

test('an operator without a right that it needs', async () => {
  const name = 'forbidden';
  const role = await shop.require('role', 'gantry-operator');
  const rules = (role['rules'] as { resources: string[] }[]).map((rule) => ({
    ...rule,
    resources: rule.resources.filter((resource) => resource !== 'poddisruptionbudgets'),
  }));
  const kept = rules.filter(({ resources }) => resources.length > 0);
  await shop.patch('role', 'gantry-operator', { rules: kept });
  await shop.apply(brokerSet({ name }));
  const message = await told(name, { type: 'Stalled', reason: 'Forbidden' });
  expect(message).toContain('poddisruptionbudgets');
  await shop.patch('role', 'gantry-operator', { rules: role['rules'] });
  await shop.converged('rmqbs', name);
});
