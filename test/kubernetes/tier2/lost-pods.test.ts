/**
 * What happens to pods in the life of a Kubernetes: whatever ends a broker, it comes back under its
 * name with what it had acknowledged.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLUSTER, run } from '../api-server.ts';
import { type RealNodes, startNodes } from '../real-nodes.ts';
import { until } from '../until.ts';
import { Namespace, print, SLOW_MS, showSeen } from './namespace.ts';

const BROKER = 'it-broker-0-0';

let nodes: RealNodes;
let shop: Namespace;

const manifest = (retentionHours: number, flush: string): string => `
apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: it }
spec:
  nameServer: { replicas: 1 }
  brokerSets:
    - name: broker
      groups: 1
      replicas: 1
      durability: Async
      flush: ${flush}
      retentionHours: ${retentionHours}
      update: { settle: 10s }
      probes:
        readiness: { periodSeconds: 1 }
        liveness: { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 5 }
      pod: { terminationGracePeriodSeconds: 5 }
`;

beforeAll(async () => {
  nodes = await startNodes(1);
  shop = await Namespace.create(nodes, 'shop');
  await shop.installOperator();
  await shop.apply(manifest(72, 'Async'));
  await shop.apply(`
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger }
spec: { clusterRef: { name: it } }
`);
  await shop.converged('rmq', 'it');
  await shop.converged('rmqt', 'ledger');
});

afterAll(() => nodes.close());

interface Life {
  readonly uid: string;
  readonly restarts: number;
}

async function lifeOf(pod: string): Promise<Life | undefined> {
  const found = (await shop.list('pods')).find(({ metadata: { name } }) => name === pod);
  const [container] = found?.['status'].containerStatuses ?? [];
  if (found === undefined || container?.ready !== true) return undefined;
  return { uid: found.metadata.uid, restarts: container.restartCount };
}

/** What clients see while the broker's process ends by `end`, until another one serves. */
async function whileLost(what: string, end: () => Promise<unknown>): Promise<[Life, Life]> {
  const before = await lifeOf(BROKER);
  if (before === undefined) throw new Error(`${BROKER} is not ready`);
  let after: Life | undefined;
  const seen = await shop.whileSending('it', async () => {
    await end();
    await until(
      async () => {
        after = await lifeOf(BROKER);
        return (
          after !== undefined && (after.uid !== before.uid || after.restarts > before.restarts)
        );
      },
      () => `${BROKER} does not come back`,
      SLOW_MS,
    );
    await shop.converged('rmqbs', 'it-broker');
  });
  showSeen(what, seen);
  expect(seen.lost).toEqual([]);
  if (after === undefined) throw new Error(`${BROKER} is not ready`);
  return [before, after];
}

/** Sends a signal to the process of the broker, as the node sees it. */
async function signal(name: string): Promise<void> {
  const { status } = await shop.require('pod', BROKER);
  const id = String(status.containerStatuses[0].containerID).replace('containerd://', '');
  const inNode = ['exec', '--name', nodes.name, '--node', 'node1'];
  const tasks = await run(CLUSTER, [...inNode, 'ctr', '--namespace', 'k8s.io', 'tasks', 'list']);
  const [, pid = ''] = new RegExp(`^${id}\\s+(\\d+)`, 'm').exec(tasks) ?? [];
  await run(CLUSTER, [...inNode, 'kill', `-${name}`, pid]);
}

function evict(): Promise<string> {
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: BROKER, namespace: shop.name },
  };
  const path = `/api/v1/namespaces/${shop.name}/pods/${BROKER}/eviction`;
  return nodes.kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
}

test('clients are told the names of pods, which outlive their addresses', async () => {
  const brokers = await shop.admin('it', 'cluster', 'list');
  expect(brokers).toContain(`${BROKER}.it-broker-0.shop.svc:10911`);
});

test('a process that is killed is started again in its pod, with its messages', async () => {
  const [before, after] = await whileLost('kill -9', () => signal('KILL'));
  expect(after.uid).toBe(before.uid);
});

test('a process that hangs is found by the liveness probe, and started again', async () => {
  const [before, after] = await whileLost('kill -STOP', () => signal('STOP'));
  expect(after.uid).toBe(before.uid);
});

test('a pod that is deleted comes back with its messages', async () => {
  const [before, after] = await whileLost('kubectl delete pod', () =>
    shop.kubectl('delete', 'pod', BROKER, '--wait=false'),
  );
  expect(after.uid).not.toBe(before.uid);
});

test('a pod may be evicted while nothing else is under way, and comes back', async () => {
  const [before, after] = await whileLost('eviction', evict);
  expect(after.uid).not.toBe(before.uid);
});

test('a pod is not evicted while its group is being rolled', async () => {
  const before = await lifeOf(BROKER);
  await shop.apply(manifest(72, 'Sync'));
  await until(
    async () => ![undefined, before?.uid].includes((await lifeOf(BROKER))?.uid),
    () => `${BROKER} is not replaced`,
    SLOW_MS,
  );
  const refused = await evict().then(
    () => 'evicted',
    (error: unknown) => String(error),
  );
  print(`kubectl drain would be told: ${refused}`);
  expect(refused).toContain('disruption budget');
  await shop.converged('rmqbs', 'it-broker');
});
