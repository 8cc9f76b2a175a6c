import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeMachine, fakeProcess } from '../../test/fakes/machine.ts';
import type { LocalProcess } from './local-process.ts';
import { type Desired, StateFolder } from './state-folder.ts';
import { Supervisor } from './supervisor.ts';

let root: string;
let folder: StateFolder;
let machine: FakeMachine;
let supervisor: Supervisor;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gantry-supervisor-'));
  folder = new StateFolder(root, 'it');
  folder.make();
  machine = new FakeMachine();
  machine.healthy = true;
  const identity = { pid: 1, started: '1' };
  supervisor = new Supervisor({ folder, machine, identity, version: '1.2.3' });
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const desired = (...processes: LocalProcess[]): Desired => ({
  cluster: 'it',
  networks: {},
  nameServers: ['127.0.0.1:9876'],
  processes,
});

async function applied(...processes: LocalProcess[]): Promise<void> {
  const done = supervisor.apply(desired(...processes));
  await machine.pass(1_000);
  await done;
}

const states = (): string[] =>
  supervisor.status().pods.map(({ name, state }) => `${name} ${state}`);

describe('the supervisor', () => {
  test('runs what is asked for and remembers its processes on disk', async () => {
    await applied(fakeProcess('a'), fakeProcess('b'));
    await supervisor.allReady();
    expect(states()).toEqual(['a ready', 'b ready']);
    expect(Object.keys(folder.findRunning()?.pods ?? {})).toEqual(['a', 'b']);
    expect(folder.findRunning()?.pods['a']).toEqual({ pid: 1001, started: '1', graceMs: 5_000 });
  });

  test('asked for the same again, touches nothing', async () => {
    await applied(fakeProcess('a'));
    await applied(fakeProcess('a'));
    expect(machine.starts).toBe(1);
  });

  test('asked for a change, restarts what changed and removes what is gone', async () => {
    await applied(fakeProcess('a'), fakeProcess('b'), fakeProcess('c'));
    await applied(fakeProcess('a'), fakeProcess('b', { hash: 'second' }));
    expect(states()).toEqual(['a ready', 'b ready']);
    expect(machine.starts).toBe(4);
    expect(machine.running).toBe(2);
  });

  test('a change that the first pod cannot start with leaves the others as they are', async () => {
    const all = (hash: string): LocalProcess[] =>
      ['a', 'b', 'c'].map((pod) => fakeProcess(pod, { hash }));
    const refusal = (): Promise<unknown> =>
      supervisor.apply(desired(...all('bad'))).catch((error: unknown) => error);
    const message = expect.stringMatching(
      /^Pod a ended \(exit code 3\).*; not changed before it is ready: b, c$/,
    ) as string;
    await applied(...all('good'));
    machine.healthy = false;
    const refused = refusal();
    await machine.pass(10);
    machine.exit('a', { code: 3, signal: null });
    expect(await refused).toMatchObject({ exit: 'NotReady', message });
    expect(await refusal()).toMatchObject({ exit: 'NotReady', message });
    expect(states()).toEqual(['a waiting', 'b ready', 'c ready']);
    expect(machine.starts).toBe(4);
    machine.healthy = true;
    await applied(...all('good'));
    expect(states()).toEqual(['a ready', 'b ready', 'c ready']);
    expect(machine.starts).toBe(5);
  });

  test('a pod that was stopped stays so, and nobody waits for it', async () => {
    await applied(fakeProcess('a'), fakeProcess('b'));
    await supervisor.stop('a');
    await supervisor.allReady();
    await applied(fakeProcess('a'), fakeProcess('b'));
    await machine.pass(3_600_000);
    expect(states()).toEqual(['a stopped', 'b ready']);
    const started = supervisor.start('a');
    await machine.pass(100);
    await started;
    expect(states()).toEqual(['a ready', 'b ready']);
  });

  test('a start that fails says how the process ended', async () => {
    await applied(fakeProcess('a'));
    await supervisor.stop('a');
    machine.healthy = false;
    const refusal = supervisor.start('a').catch((error: unknown) => error);
    await machine.pass(10);
    machine.exit('a', { code: 5, signal: null });
    expect(await refusal).toMatchObject({
      exit: 'NotReady',
      message: expect.stringContaining('Pod a ended (exit code 5)') as string,
    });
  });

  test('a pod that is started again and again is shown with how it ended and when it is tried next', async () => {
    await applied(fakeProcess('a'));
    expect(supervisor.status().pods[0]).toMatchObject({ state: 'ready', why: null });
    machine.exit('a', { code: 3, signal: null });
    await machine.pass(1);
    machine.exit('a', { code: 3, signal: null });
    const why = 'it ended (exit code 3) and is started again 10 s after that';
    expect(supervisor.status().pods[0]).toMatchObject({ state: 'waiting', why });
  });

  test('whoever asked and went away is waited for no more', async () => {
    machine.healthy = false;
    await applied(fakeProcess('a'));
    const gone = new AbortController();
    const waiting = supervisor.allReady(gone.signal);
    gone.abort();
    await waiting;
    expect(states()).toEqual(['a starting']);
  });

  test('down stops brokers before name servers, and leaves nothing to remember', async () => {
    const stopped: string[] = [];
    supervisor.watch(({ pod, state }) => {
      if (state === 'stopped') stopped.push(pod);
    });
    await applied(fakeProcess('n', { role: 'nameserver' }), fakeProcess('b'));
    await supervisor.down();
    expect(stopped).toEqual(['b', 'n']);
    expect(machine.running).toBe(0);
    expect(folder.findRunning()?.pods).toEqual({});
  });

  test('a pod that does not exist is refused by name', async () => {
    await expect(supervisor.stop('a')).rejects.toThrow('There is no pod "a"');
  });

  test('a pod without a process cannot be killed', async () => {
    await applied(fakeProcess('a'));
    await supervisor.stop('a');
    expect(() => {
      supervisor.kill('a');
    }).toThrow('it is stopped; try `gantry start a --name it --state');
  });
});
