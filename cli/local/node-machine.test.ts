/** The process runner on the real machine, with a shell in the place of gantry. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeClock } from '../../runtime/node/mod.ts';
import { fakeProcess } from '../../test/fakes/machine.ts';
import { endLeftovers } from './leftovers.ts';
import type { LocalProcess } from './local-process.ts';
import { lastLines } from './log-file.ts';
import type { Child, Exit, Machine } from './machine.ts';
import { nodeMachine } from './node-machine.ts';
import { isRunning } from './process-identity.ts';
import { StateFolder } from './state-folder.ts';

let root: string;
let folder: StateFolder;
let machine: Machine;
let rotateLogs: () => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gantry-machine-'));
  folder = new StateFolder(root, 'it');
  folder.make();
  machine = nodeMachine({
    clock: {
      ...nodeClock(),
      every: (_periodMs, run) => {
        rotateLogs = run;
        return { cancel: () => undefined };
      },
    },
    folder,
    gantry: ['/bin/sh', '-c'],
    environment: { PATH: process.env['PATH'], SECRET: 'not passed on' },
  });
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function start(process: LocalProcess): { child: Child; exited: Promise<Exit> } {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  return { child: machine.start(process, resolve), exited: promise };
}

const shell = (script: string, change: Partial<LocalProcess> = {}): LocalProcess =>
  fakeProcess('a', { args: [script], ...change });

describe('a process', () => {
  test('finds its files, has the variables of its pod alone, and is logged', async () => {
    const file = join(folder.pods, 'a/config/broker.conf');
    const { exited } = start(
      shell(`cat ${file}; echo "$POD_NAME-$SECRET"; echo oh >&2; exit 7`, {
        env: { POD_NAME: 'a' },
        files: [{ path: file, text: 'brokerName=a\n' }],
      }),
    );
    expect(await exited).toEqual({ code: 7, signal: null });
    expect(readFileSync(folder.log('a'), 'utf8')).toBe('brokerName=a\na-\noh\n');
  });

  test('finds in its log what those before it said, and what it says itself can be told from that', async () => {
    await start(shell('echo stopped')).exited;
    const { child, exited } = start(shell('echo wrong; echo twice'));
    await exited;
    const { logBefore } = child;
    expect(lastLines(folder.log('a'), 5, logBefore)).toEqual(['wrong', 'twice']);
    expect(lastLines(folder.log('a'), 5)).toEqual(['stopped', 'wrong', 'twice']);
    expect(lastLines(folder.log('a'), 1, logBefore)).toEqual(['twice']);
    // It was cut meanwhile.
    expect(lastLines(folder.log('a'), 1, 1000)).toEqual(['twice']);
  });

  test('is known by its identity until it is killed', async () => {
    const { child, exited } = start(shell('while :; do sleep 1; done'));
    expect(isRunning(child.identity)).toBe(true);
    child.kill('SIGKILL');
    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(isRunning(child.identity)).toBe(false);
  });

  test('has its log cut when that has grown too long, and the rest kept aside', async () => {
    const log = folder.log('a');
    const { child, exited } = start(shell('while :; do sleep 1; done'));
    writeFileSync(log, Buffer.alloc(17 * 1024 * 1024, 'x'));
    rotateLogs();
    expect(readFileSync(log, 'utf8')).toBe('');
    expect(statSync(`${log}.1`).size).toBe(17 * 1024 * 1024);
    child.kill('SIGKILL');
    await exited;
  });

  test('gets its scratch volumes empty', () => {
    const scratch = join(folder.pods, 'a/tmp');
    const process = shell('true', { folders: [scratch], scratch: [scratch] });
    start(process);
    writeFileSync(join(scratch, 'old'), '');
    machine.empty(process);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe('a probe', () => {
  let server: Server;
  let status: number;

  beforeEach(async () => {
    server = createServer((_request, response) => {
      if (status > 0) response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const probe = (timeoutMs: number) => {
    const { port } = server.address() as { port: number };
    return machine.probe({ ...fakeProcess('a').probes.readiness, port, timeoutMs });
  };

  test('succeeds with an answer from 200 to 399, in time', async () => {
    status = 200;
    expect(await probe(5_000)).toBe(true);
    status = 503;
    expect(await probe(5_000)).toBe(false);
    status = 0;
    expect(await probe(10)).toBe(false);
    server.closeAllConnections();
    server.close();
  });
});

describe('processes whose supervisor was killed', () => {
  test('are asked to end, made to when they do not, and forgotten', async () => {
    const polite = start(shell('trap "exit 0" TERM; echo up; while :; do sleep 0.01; done'));
    const stubborn = start(
      fakeProcess('b', { args: ['trap "" TERM; echo up; while :; do sleep 0.01; done'] }),
    );
    await expect
      .poll(() => ['a', 'b'].map((pod) => readFileSync(folder.log(pod), 'utf8')))
      .toEqual(['up\n', 'up\n']);
    folder.keepRunning({
      supervisor: { pid: 1, started: 'long ago' },
      pods: {
        a: { ...polite.child.identity, graceMs: 10_000 },
        b: { ...stubborn.child.identity, graceMs: 50 },
        // Its pid is somebody else's by now.
        c: { pid: process.pid, started: 'long ago', graceMs: 0 },
      },
    });
    expect(await endLeftovers(folder, nodeClock())).toBe(2);
    expect(await polite.exited).toEqual({ code: 0, signal: null });
    expect(await stubborn.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(folder.findRunning()).toBeUndefined();
  });
});
