import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../config/mod.ts';
import { formatAddress, type Log } from '../runtime/mod.ts';
import { nodeRuntime } from '../runtime/node/mod.ts';
import { keyTable } from './mod.ts';
import { operatorSchema } from './options.ts';
import { startOperator } from './start.ts';

const folders: string[] = [];
const noKeys = { role: 'none', options: {}, elsewhere: { ignored: [], refused: {} } };
const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};
const host = { name: 'pod', address: '10.0.0.1', homeFolder: '/home/x', environment: {} };

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const configOf = (...assignments: string[]) =>
  loadConfig(operatorSchema, { host, assignments }).config;

function kubeconfig(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  folders.push(folder);
  const file = join(folder, 'kubeconfig');
  const cluster = { server: 'https://127.0.0.1:1/' };
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'mine' } }],
    'current-context': 'x',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test('it leads in its own namespace and acts in all of them unless told', () => {
  expect(configOf()).toMatchObject({ namespaces: '', leaderElection: true, leaseNamespace: '' });
  expect(configOf('namespaces=a,b', 'concurrency=3')).toMatchObject({ concurrency: 3 });
});

test('namespaces and selectors that are none are refused before anything is done', () => {
  for (const wrong of [
    'namespaces=a,,b',
    'namespaces=A',
    'selector=a=b=c',
    'leaseName=x/y',
    'imageRepository=a b',
  ]) {
    expect(() => configOf(wrong), wrong).toThrow(ConfigError);
  }
});

test('without an API server it serves its management port, says what it waits for, and stops', async () => {
  const config = configOf(
    `kubeconfig=${kubeconfig()}`,
    'leaderElection=false',
    'bindAddress=127.0.0.1',
    'managementPort=0',
  );
  const runtime = nodeRuntime({ log: silent });
  const keys = { broker: keyTable(noKeys), nameServer: keyTable(noKeys) };
  const operator = await startOperator(runtime, config, { version: '0.0.0', keys });
  const answer = await fetch(`http://${formatAddress(operator.address)}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('it has not listed gantrymq.io/v1alpha1/brokersets yet');
  expect(operator.ready()).toBe(false);
  await operator.close();
  await operator.ended;
  await expect(fetch(`http://${formatAddress(operator.address)}/readyz`)).rejects.toThrow(
    'fetch failed',
  );
});
