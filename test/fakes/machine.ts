/** A machine under the process runner whose time, processes and health a test decides. */
import type { LocalProcess } from '../../cli/local/local-process.ts';
import type { Child, Exit, Machine } from '../../cli/local/machine.ts';
import type { Clock, Timer } from '../../runtime/mod.ts';

interface Due {
  readonly atMs: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Time that passes when a test says so. */
class HandClock implements Clock {
  #nowMs = 0;
  #due: Due[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const due: Due = { atMs: this.#nowMs + delayMs, run, cancelled: false };
    this.#due.push(due);
    return {
      cancel: () => {
        due.cancelled = true;
      },
    };
  }

  every(periodMs: number, run: () => void): Timer {
    const again = (): void => {
      next = this.after(periodMs, again);
      run();
    };
    let next = this.after(periodMs, again);
    return {
      cancel: () => {
        next.cancel();
      },
    };
  }

  endOfTurn(run: () => void): void {
    this.after(0, run);
  }

  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await settle();
      this.#due = this.#due.filter(({ cancelled }) => !cancelled);
      const next = this.#due
        .filter(({ atMs }) => atMs <= endMs)
        .sort((left, right) => left.atMs - right.atMs)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }
}

/** Long enough for promises that wait for promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

export class FakeMachine implements Machine {
  readonly clock = new HandClock();
  readonly signals: NodeJS.Signals[] = [];
  healthy = false;
  starts = 0;
  emptied = 0;
  readonly #exits = new Map<string, (exit: Exit) => void>();
  readonly #obedient: boolean;
  #held: ((healthy: boolean) => void)[] | undefined;

  constructor({ obedient = true }: { readonly obedient?: boolean } = {}) {
    this.#obedient = obedient;
  }

  get running(): number {
    return this.#exits.size;
  }

  pass(durationMs: number): Promise<void> {
    return this.clock.pass(durationMs);
  }

  start({ pod }: LocalProcess, onExit: (exit: Exit) => void): Child {
    if (this.#exits.has(pod)) throw new Error(`A second process of ${pod}`);
    this.starts++;
    this.#exits.set(pod, onExit);
    return {
      identity: { pid: 1000 + this.starts, started: String(this.starts) },
      logBefore: 0,
      kill: (signal) => {
        this.signals.push(signal);
        if (signal === 'SIGKILL' || this.#obedient) this.exit(pod, { code: null, signal });
      },
    };
  }

  /** The process of a pod ends. */
  exit(pod: string, exit: Exit): void {
    const onExit = this.#exits.get(pod);
    if (onExit === undefined) throw new Error(`There is no process of ${pod}`);
    this.#exits.delete(pod);
    onExit(exit);
  }

  probe(): Promise<boolean> {
    if (this.#held === undefined) return Promise.resolve(this.healthy);
    return new Promise((resolve) => this.#held?.push(resolve));
  }

  /** Probes get no answer until the returned function gives it. */
  holdProbes(): (healthy: boolean) => Promise<void> {
    const held: ((healthy: boolean) => void)[] = [];
    this.#held = held;
    return async (healthy) => {
      this.#held = undefined;
      for (const answer of held) answer(healthy);
      await settle();
    };
  }

  empty(): void {
    this.emptied++;
  }
}

export function fakeProcess(pod: string, change: Partial<LocalProcess> = {}): LocalProcess {
  const probe = {
    host: '127.0.0.1',
    port: 8090,
    path: '/',
    delayMs: 0,
    periodMs: 1_000,
    timeoutMs: 1_000,
    failureThreshold: 3,
  };
  return {
    pod,
    role: 'broker',
    args: [],
    env: {},
    files: [],
    folders: [],
    scratch: [],
    dataFolder: '',
    host: '127.0.0.1',
    port: 1,
    probes: {
      startup: probe,
      readiness: { ...probe, periodMs: 5_000, failureThreshold: 2 },
      liveness: { ...probe, periodMs: 10_000, failureThreshold: 6 },
    },
    graceMs: 5_000,
    hash: 'first',
    ...change,
  };
}
