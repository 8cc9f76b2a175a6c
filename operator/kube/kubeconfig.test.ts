import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadCredentials } from './kubeconfig.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

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

test('credentials come from the context of the kubeconfig; one that is not there is said', async () => {
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
