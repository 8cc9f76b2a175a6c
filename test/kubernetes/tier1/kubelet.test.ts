/** The played node itself, against the real API server: if it lied, so would every test on it. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../api-server.ts';
import type { KubeObject } from '../kube-api.ts';
import { PlayedNode } from '../played-node.ts';

let server: ApiServer;
let node: PlayedNode;

beforeAll(async () => {
  server = await startApiServer();
  node = await PlayedNode.start(server);
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await server.close();
});

/** A name server with a volume, in the fewest lines. */
const manifest = ({ image = 'gantry:1', storageClass = 'standard' } = {}): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: it, namespace: default }
data: { namesrv.conf: "serverWorkerThreads=2\\n" }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: it, namespace: default }
spec:
  serviceName: it
  replicas: 1
  updateStrategy: { type: OnDelete }
  selector: { matchLabels: { app: it } }
  template:
    metadata: { labels: { app: it, app.kubernetes.io/component: nameserver } }
    spec:
      terminationGracePeriodSeconds: 5
      automountServiceAccountToken: false
      containers:
        - name: nameserver
          image: ${image}
          command: [gantry]
          args: [nameserver, -c, /etc/gantry/namesrv.conf]
          ports: [{ name: remoting, containerPort: 9876 }, { name: management, containerPort: 8090 }]
          readinessProbe: { httpGet: { path: /readyz, port: management }, periodSeconds: 1 }
          volumeMounts: [{ name: config, mountPath: /etc/gantry }, { name: data, mountPath: /data }]
      volumes: [{ name: config, configMap: { name: it } }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: ${storageClass}
        resources: { requests: { storage: 1Gi } }
`;

const POD = '/api/v1/namespaces/default/pods/it-0';
const CLAIM = '/api/v1/namespaces/default/persistentvolumeclaims/data-it-0';
const CLASS = '/apis/storage.k8s.io/v1/storageclasses/standard';

const soon = { timeout: 60_000, interval: 100 };
const findPod = (): Promise<KubeObject | undefined> => server.api.find(POD);
const condition = (type: string, status: string): object => ({
  conditions: expect.arrayContaining([expect.objectContaining({ type, status })]),
});
const isReady = condition('Ready', 'True');

async function requirePod(): Promise<KubeObject> {
  const pod = await findPod();
  if (pod === undefined) throw new Error('There is no pod it-0');
  return pod;
}

/** The pod that comes after `before`, as soon as it is as `expected` says. */
async function replaced(before: KubeObject, expected: object = isReady): Promise<void> {
  await expect
    .poll(async () => {
      const pod = await findPod();
      return pod?.metadata.uid === before.metadata.uid ? undefined : pod?.['status'];
    }, soon)
    .toMatchObject(expected);
}

async function volumeFolder(): Promise<string> {
  const claim = await server.api.read(CLAIM);
  const name = claim['spec'].volumeName as string;
  const volume = await server.api.read(`/api/v1/persistentvolumes/${name}`);
  return volume['spec'].local.path as string;
}

const deletePod = (...options: string[]): Promise<string> =>
  server.kubectl(['delete', 'pod', 'it-0', '--wait=false', ...options]);

test('a pod of a StatefulSet has its volume, runs, and is ready at its own address', async () => {
  await server.apply(manifest());
  await expect.poll(findPod, soon).toMatchObject({
    spec: { nodeName: 'node1' },
    status: { phase: 'Running', podIP: node.address('it-0'), ...isReady },
  });
  expect(await server.api.find(CLAIM)).toMatchObject({
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
  });
  const answer = await fetch(`http://${node.address('it-0')}:8090/readyz`);
  expect(answer.status).toBe(200);
});

test('a deleted pod ends in order, and the next one has the same volume', async () => {
  const before = await requirePod();
  const folder = await volumeFolder();
  await deletePod();
  await replaced(before);
  expect(await volumeFolder()).toBe(folder);
  expect(existsSync(folder)).toBe(true);
  expect(readFileSync(node.log('it-0'), 'utf8')).toContain('Stopped');
});

test('a pod that is deleted by force is gone at once, its process too', async () => {
  const before = await requirePod();
  await deletePod('--force', '--grace-period=0');
  await replaced(before);
  expect(await requirePod()).toMatchObject({
    status: { containerStatuses: [{ restartCount: 0 }] },
  });
});

test('a process that dies is started again, and counted', async () => {
  const { metadata } = await requirePod();
  process.kill(node.pid('it-0'), 'SIGKILL');
  await expect.poll(requirePod, soon).toMatchObject({
    metadata: { uid: metadata.uid },
    status: {
      ...isReady,
      containerStatuses: [
        { restartCount: 1, ready: true, lastState: { terminated: { exitCode: 137 } } },
      ],
    },
  });
});

test('an image that does not exist is not pulled, one that crashes backs off', async () => {
  const waits = (reason: string): object => ({
    containerStatuses: [{ ready: false, state: { waiting: { reason } } }],
  });
  for (const [image, reason] of [
    ['elsewhere/gantry:1', 'ImagePullBackOff'],
    ['gantry:1-crashes', 'CrashLoopBackOff'],
  ] as const) {
    const before = await requirePod();
    await server.apply(manifest({ image }));
    await deletePod();
    await replaced(before, waits(reason));
  }
  await server.apply(manifest());
  await deletePod();
  await expect.poll(findPod, soon).toMatchObject({ status: isReady });
});

test('a claim is expanded as its class says: at once, with the next start, or not', async () => {
  const grow = (size: string, how: string): Promise<unknown> =>
    server.api
      .patch(CLASS, { metadata: { annotations: { 'gantry.test/expansion': how } } })
      .then(() =>
        server.api.patch(CLAIM, { spec: { resources: { requests: { storage: size } } } }),
      );
  const status = async (): Promise<object> => (await server.api.read(CLAIM))['status'] as object;
  await grow('2Gi', 'Online');
  await expect.poll(status, soon).toMatchObject({ capacity: { storage: '2Gi' } });

  await grow('3Gi', 'Offline');
  await expect.poll(status, soon).toMatchObject({
    capacity: { storage: '2Gi' },
    ...condition('FileSystemResizePending', 'True'),
  });
  await deletePod();
  await expect.poll(status, soon).toMatchObject({ capacity: { storage: '3Gi' } });

  await grow('4Gi', 'Fails');
  await expect.poll(status, soon).toMatchObject({
    capacity: { storage: '3Gi' },
    ...condition('ControllerResizeError', 'True'),
  });
});

test('a node that is cut off is seen to be gone, its pods serve on, and it comes back', async () => {
  await expect.poll(requirePod, soon).toMatchObject({ status: isReady });
  const nodeStatus = async (): Promise<object> =>
    (await server.api.read('/api/v1/nodes/node1'))['status'] as object;
  node.cut();
  await expect.poll(nodeStatus, soon).toMatchObject(condition('Ready', 'Unknown'));
  const answer = await fetch(`http://${node.address('it-0')}:8090/readyz`);
  expect(answer.status).toBe(200);
  node.heal();
  await expect.poll(nodeStatus, soon).toMatchObject(isReady);
  await expect.poll(requirePod, soon).toMatchObject({ status: isReady });
});

test('a volume that was lost is an empty folder at the next start; a deleted one is gone', async () => {
  const folder = await volumeFolder();
  rmSync(folder, { recursive: true });
  const before = await requirePod();
  await deletePod();
  await replaced(before);
  expect(existsSync(folder)).toBe(true);
  await server.kubectl(['delete', 'statefulset', 'it']);
  await server.kubectl(['delete', 'pvc', 'data-it-0']);
  await expect.poll(() => existsSync(folder), soon).toBe(false);
  await expect.poll(() => server.api.list('/api/v1/persistentvolumes'), soon).toEqual([]);
});

test('a pod whose claim has no class is not scheduled, and says why', async () => {
  await server.kubectl(['delete', 'statefulset,pvc', '--all', '--ignore-not-found']);
  await server.apply(manifest({ storageClass: 'absent' }));
  const message = 'pod has unbound immediate PersistentVolumeClaims';
  await expect.poll(findPod, soon).toMatchObject({
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    },
  });
});
