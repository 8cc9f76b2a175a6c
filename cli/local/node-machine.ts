/** The machine under the process runner: child processes, HTTP probes, log files. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { dirname } from 'node:path';
import type { Clock } from '../../runtime/mod.ts';
import type { LocalProbe, LocalProcess } from './local-process.ts';
import type { Child, Exit, Machine } from './machine.ts';
import { findProcess } from './process-identity.ts';
import type { StateFolder } from './state-folder.ts';

export interface NodeMachineOptions {
  readonly clock: Clock;
  readonly folder: StateFolder;
  /** What stands for `gantry` in a container: a program and what comes before the arguments. */
  readonly gantry: readonly [string, ...string[]];
  /** Of the command's own environment, what a process cannot do without. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const LOG_BYTES_MAX = 16 * 1024 * 1024;
const ROTATION_PERIOD_MS = 5_000;
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'NODE_COMPILE_CACHE'];

export function nodeMachine(options: NodeMachineOptions): Machine {
  const { clock, folder } = options;
  const logs = new Set<string>();
  clock.every(ROTATION_PERIOD_MS, () => {
    for (const log of logs) rotate(log);
  });
  return {
    clock,
    start: (process, onExit) => {
      const log = folder.log(process.pod);
      logs.add(log);
      prepare(process);
      return startProcess(process, log, options, onExit);
    },
    probe,
    empty: ({ scratch }) => {
      for (const path of scratch) rmSync(path, { recursive: true, force: true });
    },
  };
}

function prepare({ folders, files }: LocalProcess): void {
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function startProcess(
  process: LocalProcess,
  log: string,
  { gantry, environment }: NodeMachineOptions,
  onExit: (exit: Exit) => void,
): Child {
  const [program, ...before] = gantry;
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  mkdirSync(dirname(log), { recursive: true });
  // The file itself, not a pipe: the process outlives a supervisor that is killed.
  const output = openSync(log, 'a');
  const logBefore = fstatSync(output).size;
  const child = spawn(program, [...before, ...process.args], {
    cwd: dirname(log),
    env: { ...Object.fromEntries(passedOn), ...process.env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', () => undefined);
    throw new Error(`Cannot start ${program}`);
  }
  child.once('exit', (code, signal) => {
    onExit({ code, signal });
  });
  return {
    identity: findProcess(pid) ?? { pid, started: '' },
    logBefore,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function probe({ host, port, path, timeoutMs }: LocalProbe): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ host, port, path, timeout: timeoutMs, agent: false }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      resolve(statusCode >= 200 && statusCode < 400);
    });
    outgoing.on('timeout', () => {
      outgoing.destroy();
      resolve(false);
    });
    outgoing.on('error', () => {
      resolve(false);
    });
    outgoing.end();
  });
}

/** The writer keeps its descriptor, which appends: the file is copied and cut, not renamed. */
function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= LOG_BYTES_MAX) return;
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}
