import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Surroundings } from './account.ts';
import { loadCredentials } from './credentials.ts';

const folders: string[] = [];
let nowMs = 1_000;
const clock = { monotonicMs: () => nowMs };

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  folders.push(folder);
  return folder;
}

function kubeconfig(context: string, folder = scratch()): string {
  const cluster = { server: 'https://127.0.0.1:1/' };
  return fileOf(
    folder,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: 'secret' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'mine' } }],
      'current-context': context,
    }),
  );
}

function fileOf(folder: string, text: string): string {
  const file = join(folder, 'config');
  writeFileSync(file, text);
  return file;
}

function podFolder(): string {
  const folder = scratch();
  const files = { token: 'first\n', 'ca.crt': 'authority\n', namespace: 'mq' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

/** A machine with nothing on it, but for `given`. */
function on(given: Partial<Surroundings> = {}): Surroundings {
  return { clock, environment: {}, homeFolder: scratch(), accountFolder: scratch(), ...given };
}

const secret = { headers: { Authorization: 'Bearer secret' } };

describe('a kubeconfig file', () => {
  test('says who we are by its current context; connections are kept', async () => {
    const { credentials, namespace } = await loadCredentials(kubeconfig('x'), on());
    expect({ server: credentials.server, namespace }).toEqual({
      server: 'https://127.0.0.1:1',
      namespace: 'mine',
    });
    expect(await credentials.options()).toMatchObject(secret);
    const [first, second] = [await credentials.options(), await credentials.options()];
    expect(first.agent).toBe(second.agent);
    credentials.close();
  });

  test('goes before the account of a pod: KUBECONFIG, then the one of the home folder', async () => {
    const pod = { accountFolder: podFolder() };
    const homeFolder = scratch();
    mkdirSync(join(homeFolder, '.kube'));
    kubeconfig('x', join(homeFolder, '.kube'));
    const atHome = await loadCredentials('', on({ ...pod, homeFolder, environment: POD }));
    expect(atHome.namespace).toBe('mine');
    const KUBECONFIG = `/nonexistent:${kubeconfig('x')}`;
    const named = await loadCredentials('', on({ ...pod, environment: { KUBECONFIG } }));
    expect(named.namespace).toBe('mine');
  });

  test.each([
    ['x', '/nonexistent', 'Cannot read the kubeconfig /nonexistent: there is no such file'],
    ['gone', undefined, /its context "gone" names no cluster; choose one with `kubectl config/],
    ['', undefined, 'it has no current-context; choose one with'],
  ])('that leads nowhere is said: context "%s", file %s', async (context, file, message) => {
    const named = file ?? kubeconfig(context);
    await expect(loadCredentials(named, on())).rejects.toThrow(message);
    const environment = { KUBECONFIG: named };
    await expect(loadCredentials('', on({ environment }))).rejects.toThrow(message);
  });

  test.each([
    ['', 'expected a document'],
    ['~', 'it is no kubeconfig'],
    ['a text', 'it has no current-context'],
    ['[1, 2]', 'it has no current-context'],
    ['a: [b', 'unexpected end'],
  ])('that is none is said: %j', async (text, why) => {
    const file = fileOf(scratch(), text);
    await expect(loadCredentials(file, on())).rejects.toThrow(`${file}: ${why}`);
  });
});

test('what is not there is told apart from what cannot be used', async () => {
  const codeOf = (file: string) =>
    loadCredentials(file, on()).catch((error: unknown) => (error as { code?: unknown }).code);
  expect(await codeOf('')).toBe('NotFound');
  expect(await codeOf('/nonexistent')).toBe('NotFound');
  expect(await codeOf(kubeconfig('gone'))).toBe('Unusable');
  expect(await codeOf(scratch())).toBe('Unusable');
});

describe('the account of a pod', () => {
  const load = (accountFolder: string, environment: Surroundings['environment']) =>
    loadCredentials('', on({ accountFolder, environment }));
  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

  test('has an address, a token and the namespace of the pod', async () => {
    const { credentials, namespace } = await load(podFolder(), POD);
    expect({ server: credentials.server, namespace }).toEqual({
      server: 'https://10.96.0.1:443',
      namespace: 'mq',
    });
    expect(await credentials.options()).toMatchObject({
      ...bearer('first'),
      agent: { options: { ca: 'authority', keepAlive: true } },
    });
  });

  test('is refused when its address is none', async () => {
    const environment = { ...POD, KUBERNETES_SERVICE_PORT: 'x' };
    await expect(load(podFolder(), environment)).rejects.toThrow(
      'Cannot find the API server: "https://10.96.0.1:x" is no address',
    );
  });

  test('may be of a cluster of IPv6', async () => {
    const environment = { ...POD, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    const { credentials } = await load(podFolder(), environment);
    expect(credentials.server).toBe('https://[fd00::1]:443');
  });

  test('has a token that is replaced: it is read anew after a minute', async () => {
    const folder = podFolder();
    const { credentials } = await load(folder, POD);
    writeFileSync(join(folder, 'token'), 'second');
    nowMs += 59_000;
    expect(await credentials.options()).toMatchObject(bearer('first'));
    nowMs += 1_000;
    expect(await credentials.options()).toMatchObject(bearer('second'));
  });

  test('is read anew when the API server refuses it, and connections made anew with a new CA', async () => {
    const folder = podFolder();
    const { credentials } = await load(folder, POD);
    const { agent } = await credentials.options();
    writeFileSync(join(folder, 'token'), 'second');
    credentials.renew();
    expect(await credentials.options()).toMatchObject({ ...bearer('second'), agent });
    writeFileSync(join(folder, 'ca.crt'), 'other');
    credentials.renew();
    const renewed = await credentials.options();
    expect(renewed.agent).not.toBe(agent);
    expect(renewed).toMatchObject({ agent: { options: { ca: 'other' } } });
  });

  test('goes on to be used while its files cannot be read', async () => {
    const folder = podFolder();
    const { credentials } = await load(folder, POD);
    rmSync(join(folder, 'token'));
    credentials.renew();
    expect(await credentials.options()).toMatchObject(bearer('first'));
  });

  test('is refused at the start when it is not whole', async () => {
    await expect(load(podFolder(), {})).rejects.toThrow(
      'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which are "" and ""',
    );
    const empty = podFolder();
    writeFileSync(join(empty, 'token'), '\n');
    await expect(load(empty, POD)).rejects.toThrow(/token is empty/);
  });
});

test('where there is neither it is said what was looked for and what to name', async () => {
  await expect(loadCredentials('', on())).rejects.toThrow(
    /^Cannot find the API server: KUBECONFIG is not set, there is no .*\.kube\/config, and no account/,
  );
});
