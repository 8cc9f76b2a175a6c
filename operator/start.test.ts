import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../config/mod.ts';
import { operatorSchema } from './options.ts';

const folders: string[] = [];
const host = { name: 'pod', address: '10.0.0.1', homeFolder: '/home/x', environment: {} };

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const configOf = (...assignments: string[]) =>
  loadConfig(operatorSchema, { host, assignments }).config;

function kubeconfig(context: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  folders.push(folder);
  const file = join(folder, 'kubeconfig');
  const cluster = { server: 'https://127.0.0.1:1/' };
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'mine' } }],
    'current-context': context,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test('it leads in its own namespace and acts in all of them unless told', () => {
  expect(configOf()).toMatchObject({ namespaces: '', leaderElection: true, leaseNamespace: '' });
  expect(configOf('namespaces=a,b', 'concurrency=3')).toMatchObject({ concurrency: 3 });
});

test('namespaces and selectors that are none are refused before anything is done', () => {
  for (const wrong of ['namespaces=a,,b', 'namespaces=A', 'selector=a=b=c', 'leaseName=x/y']) {
    expect(() => configOf(wrong), wrong).toThrow(ConfigError);
  }
});

test('credentials come from the context of the kubeconfig; one that is not there is said', async () => {
  const { loadCredentials } = await import('./kube/kubeconfig.ts');
  const { credentials, namespace } = await loadCredentials(kubeconfig('x'));
  expect({ server: credentials.server, namespace }).toEqual({
    server: 'https://127.0.0.1:1',
    namespace: 'mine',
  });
  expect(await credentials.options()).toMatchObject({
    headers: { Authorization: 'Bearer secret' },
  });
  const [first, second] = [await credentials.options(), await credentials.options()];
  expect(first.agent).toBe(second.agent);
  credentials.close();
  await expect(loadCredentials(kubeconfig('gone'))).rejects.toThrow(
    'Cannot find the API server: context "gone" names no cluster of the kubeconfig',
  );
});
