/**
 * One pod on this machine, kept as its kubelet would keep it: probed, started again when it ends
 * or does not answer, until it is told to stop.
 *
 * Invariant: at most one process at a time. Every start has a number; whatever comes from an
 * earlier one (an exit, the answer to a probe, a timer) is late and changes nothing.
 */
import { assert, type Timer } from '../../runtime/mod.ts';
import { afterExit, type BackOff, NO_FAILURES } from './back-off.ts';
import type { LocalProbe, LocalProcess } from './local-process.ts';
import type { Child, Exit, Machine } from './machine.ts';
import type { ProcessIdentity } from './process-identity.ts';

export type PodState = 'starting' | 'ready' | 'unready' | 'waiting' | 'stopping' | 'stopped';

export interface PodStatus {
  readonly pod: string;
  readonly state: PodState;
  readonly process: ProcessIdentity | undefined;
  /** Starts after the first that nobody asked for. */
  readonly restarts: number;
  readonly lastExit: Exit | undefined;
  /** Until the next start, in state `waiting`. */
  readonly delayMs: number;
  /** Bytes of its log that are of processes before the last one. */
  readonly logBefore: number;
}

/** The last process: `SIGKILL`, `exit code 3`. */
export function howEnded({ lastExit }: Pick<PodStatus, 'lastExit'>): string {
  return lastExit?.signal ?? `exit code ${lastExit?.code ?? 'unknown'}`;
}

/** A kubelet asks every second at best; a person who waits for a cluster wants to know sooner. */
const STARTUP_PERIOD_MS = 20;
const STARTUP_LOOKS_SOON = 500;

export class PodProcess {
  readonly #machine: Machine;
  readonly #onChange: (status: PodStatus) => void;
  #spec: LocalProcess;
  #state: PodState = 'stopped';
  #child: Child | undefined;
  #generation = 0;
  #startedMs = 0;
  #logBefore = 0;
  #backOff: BackOff = NO_FAILURES;
  #restarts = 0;
  #lastExit: Exit | undefined;
  #restart: Timer | undefined;
  #forced: Timer | undefined;
  readonly #stopped: (() => void)[] = [];

  constructor(spec: LocalProcess, machine: Machine, onChange: (status: PodStatus) => void) {
    this.#spec = spec;
    this.#machine = machine;
    this.#onChange = onChange;
  }

  get spec(): LocalProcess {
    return this.#spec;
  }

  status(): PodStatus {
    return {
      pod: this.#spec.pod,
      state: this.#state,
      process: this.#child?.identity,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      delayMs: this.#state === 'waiting' ? this.#backOff.delayMs : 0,
      logBefore: this.#logBefore,
    };
  }

  /** Starts it now, whatever it waits for. Nothing when it runs. */
  start(): void {
    if (this.#child !== undefined) return;
    this.#restart?.cancel();
    this.#backOff = NO_FAILURES;
    if (this.#state === 'stopped') this.#machine.empty(this.#spec);
    this.#launch();
  }

  /** Asks the process to end, makes it after its grace; resolves when it has. */
  stop(): Promise<void> {
    this.#restart?.cancel();
    if (this.#child === undefined) {
      this.#become('stopped');
      return Promise.resolve();
    }
    const ended = new Promise<void>((resolve) => this.#stopped.push(resolve));
    if (this.#state !== 'stopping') {
      const child = this.#child;
      this.#become('stopping');
      this.#forced = this.#machine.clock.after(this.#spec.graceMs, () => {
        child.kill('SIGKILL');
      });
      child.kill('SIGTERM');
    }
    return ended;
  }

  /** Takes it down without warning, as a failure would: it comes back. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Runs `spec` from now on. */
  async replace(spec: LocalProcess): Promise<void> {
    await this.stop();
    this.#spec = spec;
    this.start();
  }

  #launch(): void {
    this.#generation++;
    const generation = this.#generation;
    this.#startedMs = this.#machine.clock.monotonicMs();
    this.#child = this.#machine.start(this.#spec, (exit) => {
      assert(generation === this.#generation, 'one process of a pod at a time');
      this.#ended(exit);
    });
    this.#logBefore = this.#child.logBefore;
    this.#become('starting');
    this.#watch(this.#spec.probes.startup, 0, () => {
      this.#become('ready');
      this.#watchReadiness();
      this.#watchLiveness();
    });
  }

  #ended(exit: Exit): void {
    this.#child = undefined;
    this.#lastExit = exit;
    this.#forced?.cancel();
    if (this.#state === 'stopping') {
      this.#become('stopped');
      for (const resolve of this.#stopped.splice(0)) resolve();
      return;
    }
    const ranMs = this.#machine.clock.monotonicMs() - this.#startedMs;
    this.#backOff = afterExit(this.#backOff, ranMs);
    this.#become('waiting');
    this.#restart = this.#machine.clock.after(this.#backOff.delayMs, () => {
      this.#restarts++;
      this.#launch();
    });
  }

  /** Asks until it succeeds; fails the process when it does not in time. */
  #watch(probe: LocalProbe, looks: number, succeeded: () => void): void {
    // The first looks come fast and count for nothing; then at the pace of the spec.
    const soon = looks < STARTUP_LOOKS_SOON;
    this.#after(soon ? STARTUP_PERIOD_MS : probe.periodMs, async (isCurrent) => {
      const fine = await this.#machine.probe(probe);
      if (!isCurrent()) return;
      if (fine) succeeded();
      else if (looks - STARTUP_LOOKS_SOON >= probe.failureThreshold) this.kill();
      else this.#watch(probe, looks + 1, succeeded);
    });
  }

  #watchReadiness(failures = 0): void {
    const { readiness } = this.#spec.probes;
    this.#after(readiness.periodMs, async (isCurrent) => {
      const fine = await this.#machine.probe(readiness);
      if (!isCurrent()) return;
      const inRow = fine ? 0 : failures + 1;
      if (this.#state === 'ready' || this.#state === 'unready') {
        if (fine) this.#become('ready');
        else if (inRow >= readiness.failureThreshold) this.#become('unready');
      }
      this.#watchReadiness(inRow);
    });
  }

  #watchLiveness(failures = 0): void {
    const { liveness } = this.#spec.probes;
    this.#after(liveness.periodMs, async (isCurrent) => {
      const fine = await this.#machine.probe(liveness);
      if (!isCurrent()) return;
      const inRow = fine ? 0 : failures + 1;
      if (inRow >= liveness.failureThreshold) this.kill();
      else this.#watchLiveness(inRow);
    });
  }

  /** Runs later, unless this start of the process is over by then. */
  #after(delayMs: number, run: (isCurrent: () => boolean) => Promise<void>): void {
    const generation = this.#generation;
    const isCurrent = (): boolean =>
      generation === this.#generation && this.#child !== undefined && this.#state !== 'stopping';
    this.#machine.clock.after(delayMs, () => {
      if (isCurrent()) void run(isCurrent);
    });
  }

  #become(state: PodState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange(this.status());
  }
}
