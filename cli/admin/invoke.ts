/** Runs a command of `gantry admin` in a terminal. */
import type { Facts, Log, Runtime, Timer } from '../../runtime/mod.ts';
import { nodeRuntime } from '../../runtime/node/mod.ts';
import { calledAs } from '../hint.ts';
import { type OutputForm, Progress, print } from '../output.ts';
import { findAbsence } from './absent-brokers.ts';
import type { Invocation } from './invocation.ts';
import { chooseNameServers, type NameServerOptions } from './name-server-choice.ts';
import { untilStarted } from './starting-pods.ts';
import { explained, isTopicMissing } from './trouble.ts';

export interface ConnectionOptions extends NameServerOptions {
  readonly output: OutputForm;
}

/** So long after the last line, what is waited for is shown again. */
const QUIET_MS = 250;

export async function invoke(
  options: ConnectionOptions,
  body: (invocation: Invocation) => Promise<void>,
): Promise<void> {
  const choice = chooseNameServers(options, process.env);
  const invocation = new TerminalInvocation(choice.addresses, options.output);
  const asked = { addresses: choice.addresses, state: options.state };
  try {
    await untilStarted(asked, {
      clock: invocation.runtime.clock,
      wait: (text) => invocation.wait(text),
    });
    await body(invocation);
  } catch (error) {
    const absence = isTopicMissing(error)
      ? await findAbsence(invocation.runtime, asked)
      : undefined;
    throw explained(error, { ...choice, absence }, invocation.gantry);
  } finally {
    invocation.end();
  }
  // A broker that hangs would keep its closed connection, and this process with it, for seconds.
  process.stdout.write('', () => process.exit());
}

class TerminalInvocation implements Invocation {
  readonly runtime: Runtime;
  readonly nameServers: readonly string[];
  readonly form: OutputForm;
  readonly gantry = calledAs();
  readonly #progress = new Progress();
  readonly #interrupted = new AbortController();
  #waitedFor: string | undefined;
  #quiet: Timer | undefined;

  constructor(nameServers: readonly string[], form: OutputForm) {
    this.nameServers = nameServers;
    this.form = form;
    this.runtime = nodeRuntime({ log: noteLog((text) => this.note(text)) });
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read it has seen enough, as `head` does.
      if (error.code !== 'EPIPE') throw error;
      this.#interrupted.abort();
    });
  }

  print(text: string): void {
    this.#progress.end();
    if (!process.stdout.destroyed) print(text);
    this.#waitQuietly();
  }

  note(text: string): void {
    this.#progress.line(text);
    this.#waitQuietly();
  }

  wait(text: string): void {
    this.#waitedFor = text;
    this.#progress.wait(text);
  }

  interruption(): AbortSignal {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        this.#interrupted.abort();
      });
    }
    return this.#interrupted.signal;
  }

  end(): void {
    this.#waitedFor = undefined;
    this.#quiet?.cancel();
    this.#progress.end();
  }

  #waitQuietly(): void {
    this.#quiet?.cancel();
    const text = this.#waitedFor;
    if (text === undefined) return;
    this.#quiet = this.runtime.clock.after(QUIET_MS, () => this.#progress.wait(text));
  }
}

/** What clients have to say goes where it does not mix with what was asked for. */
function noteLog(note: (text: string) => void, above: Facts = {}): Log {
  const line = (sentence: string, facts: Facts = {}): void => {
    const shown = Object.entries({ ...above, ...facts }).map(([name, value]) => {
      return ` ${name}=${value instanceof Error ? value.message : String(value)}`;
    });
    note(`${sentence}${shown.join('')}`);
  };
  return {
    info: () => undefined,
    warn: line,
    error: line,
    with: (facts) => noteLog(note, { ...above, ...facts }),
  };
}
