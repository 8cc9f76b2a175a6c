/**
 * A cluster in one process, from one seed: one event, then everything its promises set off, then
 * the next. One seed run twice gives one history.
 */
import type { Runtime } from '../runtime/mod.ts';
import { History } from './history.ts';
import { Host, type HostOptions } from './host.ts';
import { type NetworkFaults, Wires } from './network.ts';
import { Prng } from './prng.ts';
import { Scheduler } from './scheduler.ts';
import { nextLoopTurn } from './tripwire.ts';

export interface SimulationOptions {
  readonly network?: Partial<NetworkFaults>;
}

/** What `settle` waits for at most, in simulated time. */
const SETTLE_MS_MAX = 60_000;

export class Simulation {
  readonly seed: number;
  readonly history = new History();
  /** For what a test itself draws. */
  readonly prng: Prng;
  readonly network: Wires;
  readonly #scheduler: Scheduler;
  readonly #root: Prng;
  readonly #failures: unknown[] = [];

  constructor(seed: number, options: SimulationOptions = {}) {
    this.seed = seed;
    this.#root = new Prng(seed);
    this.prng = this.#root.stream('test');
    this.#scheduler = new Scheduler(this.#root.stream('ties'));
    const prng = this.#root.stream('network');
    this.network = new Wires(this.#scheduler, prng, options.network ?? {});
  }

  /** Simulated time since the start. */
  get nowMs(): number {
    return this.#scheduler.nowUs / 1000;
  }

  host(name: string, options?: HostOptions): Host {
    const world = {
      scheduler: this.#scheduler,
      prng: this.#root,
      history: this.history,
      wires: this.network,
      fail: (error: unknown) => this.#failures.push(error),
    };
    return new Host(world, name, options);
  }

  /** Does `run` at a point of simulated time, outside all hosts: for faults. */
  after(delayMs: number, run: () => void): void {
    this.#scheduler.after(delayMs * 1000, run);
  }

  /** Lets simulated time pass. Throws what broke on a host. */
  async run(durationMs: number, until: () => boolean = () => false): Promise<void> {
    const endUs = this.#scheduler.nowUs + Math.ceil(durationMs * 1000);
    // What was set off before has its say first.
    await reactionsDone();
    while (!until()) {
      const event = this.#scheduler.take(endUs);
      if (event === undefined) {
        this.#scheduler.skipTo(endUs);
        break;
      }
      this.history.mark(this.#scheduler.nowUs);
      event();
      await reactionsDone();
      if (this.#failures.length > 0) throw this.#failures.shift();
    }
  }

  /** Lets simulated time pass until `promise` settles, and answers as it does. */
  async settle<T>(promise: Promise<T>, limitMs = SETTLE_MS_MAX): Promise<T> {
    const outcome = { isSettled: false };
    const settled = (): void => {
      outcome.isSettled = true;
    };
    promise.then(settled, settled);
    await this.run(limitMs, () => outcome.isSettled);
    if (!outcome.isSettled) throw new Error(`Nothing came of it within ${limitMs} simulated ms`);
    return promise;
  }
}

/** `setImmediate` fires only after the microtask queue is empty, however long its chains were. */
function reactionsDone(): Promise<void> {
  return new Promise((resolve) => {
    nextLoopTurn(resolve);
  });
}

/**
 * Runs `body` on a simulated host, for a test of one component: time passes while it waits, and
 * passes at once.
 */
export function simulated<T>(
  seed: number,
  body: (runtime: Runtime, simulation: Simulation) => Promise<T>,
): Promise<T> {
  const simulation = new Simulation(seed);
  return simulation.settle(body(simulation.host('node').boot(), simulation), 24 * 3_600_000);
}
