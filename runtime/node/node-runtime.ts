/** The `Runtime` of production: an adapter so thin that there is little in it but the contract. */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { nodeClock } from './clock.ts';
import { nodeDisk } from './disk.ts';
import { LineWriter } from './line-writer.ts';
import { jsonLog } from './log.ts';
import { nodeNetwork } from './network.ts';
import { nodeRandom } from './random.ts';
import { TerminalLog } from './terminal-log.ts';

const STDOUT = 1;

export interface NodeRuntimeOptions {
  /** Where events go; by default standard output, as text on a terminal and as JSON elsewhere. */
  readonly log?: Log | 'json' | 'text';
}

export function nodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
  const log = typeof options.log === 'object' ? options.log : nodeLog(options.log);
  return {
    clock: nodeClock(),
    random: nodeRandom,
    network: nodeNetwork(log),
    disk: nodeDisk,
    log,
  };
}

export function nodeLog(form: 'json' | 'text' = isatty(STDOUT) ? 'text' : 'json'): Log {
  const lines = new LineWriter((bytes, from) => writeSync(STDOUT, bytes, from));
  if (form === 'json') return jsonLog(lines);
  return new TerminalLog({ write: (line) => lines.write(line), wallMs: () => Date.now() });
}
