/**
 * A real process under a test: its output is kept, it is ended when its scope is left, and nothing
 * outlives the test run.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export class Running implements AsyncDisposable {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #watchers = new Set<() => void>();
  #output = '';
  #exit: Exit | undefined;

  constructor(command: readonly string[], { env = {}, cwd }: RunOptions = {}) {
    const [program = '', ...rest] = command;
    this.#command = command.join(' ');
    this.#child = spawn(program, rest, {
      env: { ...process.env, ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        for (const watch of this.#watchers) watch();
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        living.delete(this.#child);
        this.#exit ??= { code, signal };
        resolve(this.#exit);
        for (const watch of this.#watchers) watch();
      };
      this.#child.on('close', end);
      this.#child.on('error', (error) => {
        this.#output += String(error);
        end(null, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Standard output and error so far, as they came. */
  get output(): string {
    return this.#output;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Resolves once the output has `pattern`; rejects when the process ends or time runs out first. */
  async seen(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    const found = await this.until((output) => pattern.exec(output) ?? undefined, timeoutMs);
    if (found) return found;
    throw new Error(`Cannot see ${String(pattern)} from "${this.#command}": ${this.tail()}`);
  }

  /** What `find` finds in the output; undefined when the process ends or time runs out first. */
  async until<T>(
    find: (output: string) => T | undefined,
    timeoutMs = 60_000,
  ): Promise<T | undefined> {
    const first = find(this.#output);
    if (first !== undefined || this.#exit) return first;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const watch = (): void => {
      const found = find(this.#output);
      if (found !== undefined || this.#exit) resolve(found);
    };
    this.#watchers.add(watch);
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watch);
    }
  }

  /** Waits for the end, which is brought about after `timeoutMs`; throws unless it is `code`. */
  async done(code = 0, timeoutMs = 120_000): Promise<string> {
    const exit = await this.until(() => this.#exit, timeoutMs);
    if (exit?.code === code) return this.#output;
    await this.stop('SIGKILL');
    const state = exit
      ? `ended with ${exit.code ?? exit.signal ?? 'an error'}`
      : 'is still running';
    throw new Error(`"${this.#command}" ${state}, expected exit code ${code}: ${this.tail()}`);
  }

  /** Ends the process and waits until it is gone; a process that does not listen is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 30_000): Promise<Exit> {
    if (this.#exit) return this.#exit;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The end of the output, for an error message. */
  tail(): string {
    return `\n${this.#output.split('\n').slice(-30).join('\n')}`;
  }
}
