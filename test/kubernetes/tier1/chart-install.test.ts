/** The charts installed in a real API server: what it admits, and what stays when they go. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../../tools/tree.ts';
import { Scratch } from '../../processes/scratch.ts';
import { type ApiServer, PROGRAMS, run, startApiServer } from '../api-server.ts';
import { lenientKind } from '../lenient-kind.ts';

const OPERATOR = join(root, 'charts/gantry-operator');
const CLUSTER = join(root, 'charts/gantry-cluster');
const ACCOUNT = 'system:serviceaccount:mq:gantry-operator';

const BROKER_SET = `
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: orders-broker, namespace: mq }
spec: { nameServers: { ref: { name: orders } } }
`;

const scratch = new Scratch();
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
afterAll(async () => {
  scratch[Symbol.dispose]();
  await server.close();
});

/** An administrator, unless the options name somebody else. */
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

const SOON = { timeout: 20_000 };

/** What `kubectl auth can-i` says, to be polled: authorizers learn of Roles a moment late. */
const may =
  (verb: string, resource: string, ...options: readonly string[]) =>
  (): Promise<string> =>
    server
      .kubectl(['auth', 'can-i', verb, resource, '--as', ACCOUNT, ...options])
      .then((text) => text.trim())
      // It fails when the answer is no.
      .catch(() => 'no');

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
  await expect.poll(() => server.kubectl(pods), SOON).toContain('pod/gantry-operator-');
});

test('the operator may do in its namespace what it does, and elsewhere nothing', async () => {
  const own = ['-n', 'mq'] as const;
  await expect
    .poll(may('patch', 'brokersets.gantrymq.io', '--subresource=status', ...own), SOON)
    .toBe('yes');
  await expect.poll(may('create', 'statefulsets.apps', ...own), SOON).toBe('yes');
  const finalizers = ['rocketmqclusters.gantrymq.io', '--subresource=finalizers'] as const;
  await expect.poll(may('update', ...finalizers, ...own), SOON).toBe('yes');
  await expect.poll(may('patch', 'leases.coordination.k8s.io', ...own), SOON).toBe('yes');
  await expect.poll(may('get', 'secrets', ...own), SOON).toBe('no');
  await expect.poll(may('list', 'pods', '-n', 'other'), SOON).toBe('no');
  await expect.poll(may('get', 'nodes'), SOON).toBe('no');
});

test('an upgrade changes what it is told, a rollback takes it back', async () => {
  await helm('upgrade', 'gantry-operator', OPERATOR, '--set', 'watch.namespaces={mq,other}');
  await expect.poll(may('list', 'pods', '-n', 'other'), SOON).toBe('yes');
  await helm('rollback', 'gantry-operator', '1');
  await expect.poll(may('list', 'pods', '-n', 'other'), SOON).toBe('no');
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

test('who may do in a namespace what its admin may can install all but kinds and Roles', async () => {
  const alice = ['--kube-as-user', 'alice'];
  const binding = ['create', 'rolebinding', 'alice', '--clusterrole=admin', '--user=alice'];
  await server.kubectl([...binding, '-n', 'mq']);
  const own = ['--set', 'crds.create=false,rbac.create=false'];
  await helm('uninstall', 'gantry-operator', '--wait');
  await expect(
    helm('install', 'gantry-operator', OPERATOR, '--set', 'crds.create=false', ...alice),
  ).rejects.toThrow('is attempting to grant RBAC permissions not currently held');
  await helm('uninstall', 'gantry-operator', '--wait');
  const roles = await helm(
    'template',
    'gantry-operator',
    OPERATOR,
    '--show-only',
    'templates/rbac.yaml',
  );
  await server.apply(roles);
  await helm('install', 'gantry-operator', OPERATOR, ...own, ...alice);
  await helm('install', 'orders', CLUSTER, ...alice);
  await expect.poll(may('patch', 'leases.coordination.k8s.io', '-n', 'mq'), SOON).toBe('yes');
  const scale = ['scale', 'brokerset', 'orders-broker', '--replicas=3', '-n', 'mq'];
  await server.apply(BROKER_SET);
  await server.kubectl([...scale, '--as', 'alice']);
  await server.kubectl(['get', 'topics', '-n', 'mq', '--as', 'alice']);
  await expect(server.kubectl(['get', 'topics', '-n', 'other', '--as', 'alice'])).rejects.toThrow(
    'forbidden',
  );
  for (const release of ['orders', 'gantry-operator']) await helm('uninstall', release, ...alice);
  await server.kubectl(['delete', '-n', 'mq', '-f', '-'], roles);
});

test('what watches the operator is taken by the API server, on and off', async () => {
  for (const kind of ['PodMonitor', 'PrometheusRule']) {
    await server.apply(lenientKind('monitoring.coreos.com/v1', kind));
  }
  const options = ['monitoring.labels.release=prometheus', 'monitoring.dashboards=true'];
  const monitors = ['get', 'podmonitors,prometheusrules,configmaps', '-n', 'mq', '-o', 'name'];
  const watching = async (mode: string): Promise<string[]> => {
    const modes = ['podMonitor', 'prometheusRule'].map((one) => `monitoring.${one}=${mode}`);
    const values = [...options, ...modes].flatMap((value) => ['--set', value]);
    await helm('upgrade', '--install', 'gantry-operator', OPERATOR, ...values);
    const names = (await server.kubectl([...monitors])).split('\n');
    return names.filter((name) => name.includes('gantry-operator'));
  };
  const dashboards = ['cluster', 'operator'].map((of) => `configmap/gantry-operator-gantry-${of}`);
  expect(await watching('Disabled')).toEqual(dashboards);
  expect(await watching('Auto')).toEqual([
    'podmonitor.monitoring.coreos.com/gantry-operator',
    'prometheusrule.monitoring.coreos.com/gantry-operator',
    ...dashboards,
  ]);
});

const MANY_VALUES = `
image: { repository: registry.example/gantry, tag: 1.2.3, pullSecrets: [registry] }
replicas: 2
watch: { selector: 'team=orders' }
serviceAccount: { annotations: { a: b } }
options: { concurrency: 3 }
podLabels: { a: b }
podAnnotations: { a: b }
nodeSelector: { kubernetes.io/os: linux }
tolerations: [{ key: a, operator: Exists }]
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: { matchLabels: { app.kubernetes.io/component: operator } }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { app.kubernetes.io/component: operator } }
priorityClassName: system-cluster-critical
fullnameOverride: another
crds: { create: false }
monitoring: { dashboards: true, dashboardAnnotations: { folder: Gantry }, labels: { a: b } }
`;

test.each([
  ['some namespaces', 'watch.namespaces={mq,other},rbac.readClusterObjects=true'],
  ['all namespaces', 'watch.allNamespaces=true'],
  ['no rights of its own', 'rbac.create=false,serviceAccount.create=false,serviceAccount.name=a'],
])('every value makes objects that the API server takes: %s', async (_what, watch) => {
  const values = join(scratch.path, 'values.yaml');
  writeFileSync(values, MANY_VALUES);
  const known = ['--api-versions', 'monitoring.coreos.com/v1/PodMonitor'];
  const options = ['--values', values, '--set', watch, ...known];
  const rendered = await helm('template', 'gantry-operator', OPERATOR, ...options);
  const dryRun = ['apply', '--server-side', '--dry-run=server', '--field-manager=try', '-f', '-'];
  const answer = await server.kubectl(dryRun, rendered);
  expect(answer).toContain('deployment.apps/another serverside-applied (server dry run)');
  expect(answer).toContain('podmonitor.monitoring.coreos.com/another serverside-applied');
  await expect(
    server.kubectl(dryRun, rendered.replace('replicas: 2', 'replica: 2')),
  ).rejects.toThrow('field not declared in schema');
});

test('what is in deploy/ is taken as it is', async () => {
  await helm('uninstall', 'gantry-operator', '--wait');
  const files = ['deploy/crds.yaml', 'deploy/operator.yaml'].map((file) => join(root, file));
  const options = files.flatMap((file) => ['-f', file]);
  await server.kubectl(['apply', '--server-side', '--force-conflicts', ...options]);
  const pods = ['get', 'pods', '-n', 'gantry-system', '-o', 'name'];
  await expect.poll(() => server.kubectl(pods), SOON).toContain('pod/gantry-operator-');
});
