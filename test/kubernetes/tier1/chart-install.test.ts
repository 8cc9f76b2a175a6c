/** The charts installed in a real API server: what it admits, and what stays when they go. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../../tools/tree.ts';
import { type ApiServer, PROGRAMS, run, startApiServer } from '../api-server.ts';

const OPERATOR = join(root, 'charts/gantry-operator');
const CLUSTER = join(root, 'charts/gantry-cluster');
const ACCOUNT = 'system:serviceaccount:mq:gantry-operator';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  for (const namespace of ['mq', 'other']) {
    await server.kubectl(['create', 'namespace', namespace]);
    await server.kubectl([
      'label',
      'namespace',
      namespace,
      'pod-security.kubernetes.io/enforce=restricted',
    ]);
  }
  await helm('install', 'gantry-operator', OPERATOR);
});
afterAll(() => server.close());

function helm(command: string, ...options: readonly string[]): Promise<string> {
  return run(join(PROGRAMS, 'helm'), [
    command,
    ...options,
    '--kubeconfig',
    server.kubeconfig,
    '--namespace',
    'mq',
  ]);
}

/** `kubectl auth can-i`, which fails when the answer is no. Authorizers learn of Roles a moment late. */
async function expectMay(
  answer: 'yes' | 'no',
  verb: string,
  resource: string,
  ...options: readonly string[]
): Promise<void> {
  const ask = (): Promise<string> =>
    server
      .kubectl(['auth', 'can-i', verb, resource, '--as', ACCOUNT, ...options])
      .then((text) => text.trim())
      .catch(() => 'no');
  await expect.poll(ask, { timeout: 20_000 }).toBe(answer);
}

test('a namespace that enforces Pod Security "restricted" admits the pod', async () => {
  const pods = [
    'get',
    'pods',
    '-n',
    'mq',
    '-l',
    'app.kubernetes.io/component=operator',
    '-o',
    'name',
  ];
  await expect
    .poll(() => server.kubectl(pods), { timeout: 20_000 })
    .toContain('pod/gantry-operator-');
});

test('the operator may do in its namespace what it does, and elsewhere nothing', async () => {
  const own = ['-n', 'mq'] as const;
  await expectMay('yes', 'patch', 'brokersets.gantrymq.io', '--subresource=status', ...own);
  await expectMay('yes', 'create', 'statefulsets.apps', ...own);
  const finalizers = ['rocketmqclusters.gantrymq.io', '--subresource=finalizers'] as const;
  await expectMay('yes', 'update', ...finalizers, ...own);
  await expectMay('yes', 'patch', 'leases.coordination.k8s.io', ...own);
  await expectMay('no', 'get', 'secrets', ...own);
  await expectMay('no', 'list', 'pods', '-n', 'other');
  await expectMay('no', 'get', 'nodes');
});

test('an upgrade changes what it is told, a rollback takes it back', async () => {
  await helm('upgrade', 'gantry-operator', OPERATOR, '--set', 'watch.namespaces={mq,other}');
  await expectMay('yes', 'list', 'pods', '-n', 'other');
  await helm('rollback', 'gantry-operator', '1');
  await expectMay('no', 'list', 'pods', '-n', 'other');
});

test('the API server takes the cluster of the chart, and refuses a wrong one with the reason', async () => {
  await helm('install', 'orders', CLUSTER);
  expect(await server.kubectl(['get', 'rmq', '-n', 'mq', '-o', 'name'])).toContain('orders');
  await expect(helm('install', 'twice', CLUSTER, '--set', 'nameServer.replicas=0')).rejects.toThrow(
    'nameServer',
  );
});

test('clusters and their kinds stay when the operator is uninstalled, and it comes back to them', async () => {
  await helm('uninstall', 'gantry-operator', '--wait');
  expect(await server.kubectl(['get', 'rmq', '-n', 'mq', '-o', 'name'])).toContain('orders');
  await helm('install', 'gantry-operator', OPERATOR);
  await helm('uninstall', 'orders');
  expect(await server.kubectl(['get', 'rmq', '-n', 'mq', '-o', 'name'])).toBe('');
});

test('what is in deploy/ is taken as it is', async () => {
  await helm('uninstall', 'gantry-operator', '--wait');
  const files = ['deploy/crds.yaml', 'deploy/operator.yaml'].map((file) => join(root, file));
  const options = files.flatMap((file) => ['-f', file]);
  await server.kubectl(['apply', '--server-side', '--force-conflicts', ...options]);
  const pods = ['get', 'pods', '-n', 'gantry-system', '-o', 'name'];
  await expect
    .poll(() => server.kubectl(pods), { timeout: 20_000 })
    .toContain('pod/gantry-operator-');
});
