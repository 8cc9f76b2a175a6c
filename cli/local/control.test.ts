/** A command and a supervisor over their socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeMachine, fakeProcess } from '../../test/fakes/machine.ts';
import { type ControlServer, serveControl } from './control-server.ts';
import { type Desired, StateFolder } from './state-folder.ts';
import { Supervisor } from './supervisor.ts';
import { findSupervisor, type SupervisorClient } from './supervisor-client.ts';

let root: string;
let folder: StateFolder;
let machine: FakeMachine;
let server: ControlServer;
let isDown: boolean;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'gantry-control-'));
  // A path too long for a socket: it is somewhere else then.
  folder = new StateFolder(join(root, 'very-long-name'.repeat(10)), 'it');
  folder.make();
  machine = new FakeMachine();
  machine.healthy = true;
  isDown = false;
  const identity = { pid: 1, started: '1' };
  const supervisor = new Supervisor({ folder, machine, identity, version: '1.2.3' });
  server = await serveControl(folder, supervisor, () => {
    isDown = true;
  });
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

async function client(): Promise<SupervisorClient> {
  const found = await findSupervisor(folder);
  if (found === undefined) throw new Error('no supervisor');
  return found;
}

const desired: Desired = {
  cluster: 'it',
  networks: {},
  nameServers: ['127.0.0.1:9876'],
  processes: [fakeProcess('a')],
};

test('apply tells every change and ends when all is ready', async () => {
  const states: string[] = [];
  const started = Promise.withResolvers<void>();
  const applied = (await client()).ask({ want: 'apply', desired }, ({ state }) => {
    states.push(state);
    started.resolve();
  });
  await started.promise;
  await machine.pass(1_000);
  expect(await applied).toMatchObject({ cluster: 'it', pods: [{ name: 'a', ready: true }] });
  expect(states).toEqual(['starting', 'ready']);
});

test('what the supervisor refuses fails with its exit code and words', async () => {
  await expect((await client()).ask({ want: 'stop', pod: 'z' })).rejects.toMatchObject({
    exit: 'NotFound',
    message: expect.stringContaining('There is no pod "z"') as string,
  });
});

test('down is answered before the supervisor leaves', async () => {
  expect(await (await client()).ask({ want: 'down' })).toMatchObject({ cluster: 'it' });
  await expect.poll(() => isDown).toBe(true);
});

test('a supervisor that ends in the middle of an answer is an error that says where to look', async () => {
  machine.healthy = false;
  const started = Promise.withResolvers<void>();
  const applied = (await client()).ask({ want: 'apply', desired }, () => {
    started.resolve();
  });
  await started.promise;
  await server.close();
  await expect(applied).rejects.toThrow(/ended before it was done: see .*supervisor\.log/);
});

test('no supervisor is none, not an error', async () => {
  await server.close();
  expect(await findSupervisor(folder)).toBeUndefined();
});
