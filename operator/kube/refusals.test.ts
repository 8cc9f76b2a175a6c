import { expect, test } from 'vitest';
import { type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer } from './api-server.ts';
import { kubeClient } from './client.ts';
import { Refusals } from './refusals.ts';
import { resources } from './resources.ts';
import type { Transport } from './transport.ts';

function refusing(runtime: Runtime, status: number) {
  const paths: string[] = [];
  const transport: Transport = {
    send: ({ path }) => {
      paths.push(path);
      return Promise.resolve({ status, retryAfter: undefined, body: '{}' });
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  const refusals = new Refusals(runtime.clock);
  const server = new ApiServer(runtime, transport);
  // Each reconcile has a client of its own.
  const client = () => kubeClient(server, { manager: 'test', refusals });
  return { client, paths };
}

const refused = { status: 403 };

test('what a Role refuses of the whole cluster is asked again after five minutes, not before', () =>
  simulated(1, async (runtime) => {
    const { client, paths } = refusing(runtime, 403);
    for (const name of ['a', 'b']) {
      await expect(client().find(resources.nodes, { name })).rejects.toMatchObject(refused);
    }
    await expect(client().find(resources.namespaces, { name: 'v' })).rejects.toMatchObject(refused);
    expect(paths).toEqual(['/api/v1/nodes/a', '/api/v1/namespaces/v']);
    await sleep(runtime.clock, 300_000);
    await expect(client().find(resources.nodes, { name: 'a' })).rejects.toMatchObject(refused);
    expect(paths).toHaveLength(3);
  }));

test('a refusal in one namespace says nothing of another', () =>
  simulated(1, async (runtime) => {
    const { client, paths } = refusing(runtime, 403);
    for (const namespace of ['a', 'b', 'a']) {
      const key = { namespace, name: 'x' };
      await expect(client().find(resources.services, key)).rejects.toMatchObject(refused);
    }
    expect(paths).toHaveLength(3);
  }));

test('any other failure is not kept', () =>
  simulated(1, async (runtime) => {
    const { client, paths } = refusing(runtime, 401);
    for (const name of ['a', 'a']) {
      await expect(client().find(resources.nodes, { name })).rejects.toMatchObject({ status: 401 });
    }
    expect(paths).toHaveLength(2);
  }));
