/** The charts on a real node, as their users install them: in namespaces that are "restricted". */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealNodes, startNodes } from '../real-nodes.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OPERATOR = join(ROOT, 'charts/gantry-operator');
const NAMESPACE = 'shop';

let nodes: RealNodes;

beforeAll(async () => {
  nodes = await startNodes(1);
  await nodes.kubectl(['create', 'namespace', NAMESPACE]);
  await nodes.kubectl([
    ...['label', 'namespace', NAMESPACE],
    'pod-security.kubernetes.io/enforce=restricted',
  ]);
});

afterAll(() => nodes.close());

const kubectl = (...args: string[]): Promise<string> => nodes.kubectl(['-n', NAMESPACE, ...args]);
const helm = (...args: string[]): Promise<string> => nodes.helm(['-n', NAMESPACE, ...args]);
const awaitReady = (kind: string, name: string): Promise<string> =>
  kubectl('wait', '--for=condition=Ready', `${kind}/${name}`, '--timeout=180s');

test('helm install gives an operator that is ready, with Roles alone', async () => {
  await helm('install', 'gantry-operator', OPERATOR, '--wait', '--timeout', '120s');
  expect(await kubectl('rollout', 'status', 'deployment/gantry-operator')).toContain(
    'successfully rolled out',
  );
  expect(await kubectl('get', 'clusterrole', '-o', 'name')).not.toContain('gantry');
});

test('a cluster of the quickstart is ready, and takes and gives its first message', async () => {
  await nodes.kubectl(
    ['-n', NAMESPACE, 'apply', '-f', '-'],
    readFileSync(join(ROOT, 'examples/quickstart.yaml'), 'utf8'),
  );
  await awaitReady('rocketmqcluster', 'quickstart');
  const nameServer = `quickstart-nameserver-0.quickstart-nameserver.${NAMESPACE}.svc.cluster.local:9876`;
  await nodes.gantry([
    'admin',
    'send',
    '--nameserver',
    nameServer,
    '--topic',
    'T',
    '--body',
    'hello',
  ]);
  expect(
    await nodes.gantry([
      'admin',
      'consume',
      '--nameserver',
      nameServer,
      '--topic',
      'T',
      '--from',
      'first',
      '--count',
      '1',
      '--timeout',
      '30',
    ]),
  ).toContain('hello');
});
