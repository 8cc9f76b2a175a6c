import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { componentObjects, readManifest } from '../../operator/mod.ts';
import { type LocalProcess, localProcesses } from './local-process.ts';
import { allocate, expose } from './networks.ts';
import { podsOf } from './pods.ts';

const QUICKSTART = readFileSync(new URL('../../examples/quickstart.yaml', import.meta.url), 'utf8');

interface Here {
  readonly prefix?: string;
  readonly port?: number;
}

function run(text: string, { prefix, port = 9876 }: Here = { prefix: '127.70.1' }): LocalProcess[] {
  const objects = componentObjects(readManifest(text, { file: 'it.yaml' }), '1.2.3');
  const pods = podsOf(objects);
  const networks = allocate(pods, { prefix, firstPort: 20_000, before: {} });
  return localProcesses({
    objects,
    pods,
    networks: expose(networks, pods, { host: '127.0.0.1', port }),
    // Under /tmp, which is a mount path too: nothing may be replaced twice.
    folders: { claims: '/tmp/state/claims', pods: '/tmp/state/pods' },
  });
}

describe('the quickstart as processes', () => {
  test('where every pod has a loopback address', () => {
    const [nameServer, broker] = run(QUICKSTART);
    expect(nameServer).toMatchObject({
      pod: 'quickstart-nameserver-0',
      role: 'nameserver',
      args: ['nameserver', '-c', '/tmp/state/pods/quickstart-nameserver-0/config/namesrv.conf'],
      host: '127.0.0.1',
      port: 9876,
      dataFolder: '/tmp/state/claims/data-quickstart-nameserver-0',
      env: {
        GANTRY_NAMESERVER_BIND_ADDRESS: '127.0.0.1',
        GANTRY_NAMESERVER_LISTEN_PORT: '9876',
        GANTRY_NAMESERVER_MANAGEMENT_ADDRESS: '127.70.1.1',
        GANTRY_NAMESERVER_MANAGEMENT_PORT: '8090',
      },
      probes: { readiness: { host: '127.70.1.1', port: 8090, path: '/readyz' } },
      graceMs: 30_000,
    });
    expect(broker).toMatchObject({
      pod: 'quickstart-broker-0-0',
      args: [
        'broker',
        '-c',
        '/tmp/state/pods/quickstart-broker-0-0/config/broker.conf',
        'brokerIP1=127.70.1.2',
      ],
      host: '127.70.1.2',
      port: 10_911,
      env: { POD_NAME: 'quickstart-broker-0-0', POD_IP: '127.70.1.2' },
    });
    expect(broker?.files.map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "brokerClusterName=quickstart
      brokerName=quickstart-broker-0
      diskMaxUsedSpaceRatio=75
      diskSpaceCleanForciblyRatio=85
      diskSpaceWarningLevelRatio=90
      fileReservedTime=72
      flushDiskType=ASYNC_FLUSH
      namesrvAddr=127.0.0.1\\:9876
      storePathRootDir=/tmp/state/claims/data-quickstart-broker-0-0/store
      ",
      ]
    `);
  });

  test('where there is one address, ports are told apart', () => {
    const [nameServer, broker] = run(QUICKSTART, { port: 9999 });
    expect(nameServer).toMatchObject({
      host: '127.0.0.1',
      port: 9999,
      env: { GANTRY_NAMESERVER_MANAGEMENT_PORT: '20006' },
    });
    expect(broker).toMatchObject({
      host: '127.0.0.1',
      port: 20_013,
      env: { GANTRY_BROKER_LISTEN_PORT: '20013', GANTRY_BROKER_MANAGEMENT_PORT: '20016' },
      probes: { liveness: { host: '127.0.0.1', port: 20_016, path: '/livez' } },
    });
    expect(broker?.files[0]?.text).toContain('namesrvAddr=127.0.0.1\\:9999');
  });

  test('a change of the manifest changes the hash of the pods it concerns, and of no others', () => {
    const hashes = (text: string) => run(text).map(({ hash }) => hash);
    const [nameServer, broker] = hashes(QUICKSTART);
    const changed = QUICKSTART.replace('durability: Async', 'retentionHours: 5');
    expect(hashes(changed)).toEqual([nameServer, expect.not.stringMatching(broker ?? '')]);
    expect(hashes(QUICKSTART)).toEqual([nameServer, broker]);
  });
});

describe('what only a container could do is refused', () => {
  const withPod = (pod: string) => QUICKSTART.replace('durability: Async', `pod: ${pod}`);

  test.each([
    ['{ sidecars: [{ name: proxy, image: x }] }', 'has sidecars'],
    [
      '{ volumes: [{ name: secrets, secret: {} }], volumeMounts: [{ name: secrets, mountPath: /s }] }',
      'mounts "secrets", which is neither a claim, a ConfigMap nor an emptyDir',
    ],
    [
      '{ env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: x, key: y } } }] }',
      'takes PASSWORD from elsewhere than a field of the pod',
    ],
  ])('%s', (pod, message) => {
    expect(() => run(withPod(pod))).toThrow(message);
  });
});

test('variables expand as in Kubernetes', () => {
  const env =
    '[{ name: A, value: a }, { name: B, value: $(A)$(POD_NAME) }, { name: C, value: $$(A)$(NONE) }]';
  const [, broker] = run(QUICKSTART.replace('durability: Async', () => `pod: { env: ${env} }`));
  expect(broker?.env).toMatchObject({ A: 'a', B: 'aquickstart-broker-0-0', C: '$(A)$(NONE)' });
});

test('data that may die with its pod is in a folder that is emptied', () => {
  const text = QUICKSTART.replace('durability: Async', 'storage: { ephemeral: {} }');
  const [, broker] = run(text);
  expect(broker?.dataFolder).toBe('/tmp/state/pods/quickstart-broker-0-0/data');
  expect(broker?.scratch).toContain(broker?.dataFolder);
});
