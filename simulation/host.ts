/**
 * A machine of the simulated cluster: its disk, its wall clock, its place on the network, and one
 * process at a time that runs on it.
 */
import { assert, type Runtime } from '../runtime/mod.ts';
import { SimulatedClock, type WallClock } from './clock.ts';
import { type DiskFaults, SimulatedDisk, StoredDisk } from './disk.ts';
import { type History, historyLog } from './history.ts';
import { type Machine, SimulatedNetwork, type Wires } from './network.ts';
import type { Prng } from './prng.ts';
import { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** What a process does from its start on; it has started when its promise resolves. */
export type Main = (runtime: Runtime) => void | Promise<void>;

export interface HostOptions {
  readonly disk?: Partial<DiskFaults>;
  readonly diskBytes?: number;
  readonly wallClock?: Partial<WallClock>;
  /**
   * Which errors a process may end with, to be started again a little later: those that make its
   * start fail, and those thrown by what it does then. Any other fails the simulation.
   */
  readonly mayDieOf?: (error: unknown, when: 'start' | 'later') => boolean;
}

/** What hosts share. */
export interface World {
  readonly scheduler: Scheduler;
  readonly prng: Prng;
  readonly history: History;
  readonly wires: Wires;
  fail(error: unknown): void;
}

/** How soon a process that ended is started again. */
const RESTART_US = 100_000;
const DISK_BYTES = 64 * 2 ** 30;

export class Host {
  readonly name: string;
  readonly address: string;
  /** May be changed while the host runs. */
  readonly wallClock: WallClock;
  readonly #world: World;
  readonly #mayDieOf: NonNullable<HostOptions['mayDieOf']>;
  readonly #prng: Prng;
  readonly #disk: StoredDisk;
  readonly #machine: Machine;
  #main: Main | undefined;
  #process: Process | undefined;
  #lives = 0;

  constructor(world: World, name: string, options: HostOptions = {}) {
    this.name = name;
    this.#world = world;
    this.#mayDieOf = options.mayDieOf ?? (() => false);
    this.#prng = world.prng.stream(`host ${name}`);
    this.#machine = world.wires.addMachine(name);
    this.address = this.#machine.address;
    this.wallClock = { offsetMs: 0, driftPpm: 0, ...options.wallClock };
    const bytes = options.diskBytes ?? DISK_BYTES;
    this.#disk = new StoredDisk(this.#prng.stream('disk'), bytes, options.disk ?? {});
  }

  /** What is wrong with its disk; may be changed while the host runs. */
  get diskFaults(): DiskFaults {
    return this.#disk.faults;
  }

  get isRunning(): boolean {
    return this.#process?.alive === true;
  }

  /** Starts a process; `restart` starts the same again. */
  start(main: Main): void {
    this.#main = main;
    this.restart();
  }

  restart(): void {
    const main = this.#main;
    assert(main !== undefined, 'a host that was started before');
    assert(!this.isRunning, 'one process at a time');
    const { runtime, process } = this.#boot();
    this.#note('starts');
    process.onThrow = (error) => this.#onEnd(process, error, 'later');
    process.after(0, () => {
      const running = main(runtime);
      running?.catch((error: unknown) => this.#onEnd(process, error, 'start'));
    });
  }

  #onEnd(process: Process, error: unknown, when: 'start' | 'later'): void {
    if (!process.alive) return;
    if (!this.#mayDieOf(error, when)) {
      this.#world.fail(error);
      return;
    }
    this.kill();
    this.#note(`ends: ${String(error)}`);
    this.#world.scheduler.after(RESTART_US, () => {
      if (this.#process === undefined && this.#machine.isUp) this.restart();
    });
  }

  /** A process that only hands out its view of the world: for driving a component directly. */
  boot(): Runtime {
    this.kill();
    return this.#boot().runtime;
  }

  /** kill -9: the process stops, what it wrote to files is there. */
  kill(): void {
    this.#end(false);
  }

  /** The power goes: of what was not synced, some is there after `restart`. */
  crash(): void {
    this.#end(true);
  }

  /** The process gets no time for a while, as under a stopped virtual machine. */
  pause(durationMs: number): void {
    this.#note(`pauses for ${durationMs} ms`);
    this.#process?.pause(durationMs * 1000);
  }

  #boot(): { runtime: Runtime; process: Process } {
    const { scheduler, wires, history } = this.#world;
    const life = ++this.#lives;
    const prng = this.#prng.stream(`life ${life}`);
    const process = new Process(life, scheduler, prng);
    const machine = this.#machine;
    machine.isUp = true;
    this.#process = process;
    const clock = new SimulatedClock(process, this.wallClock);
    const random = prng.stream('random');
    const runtime: Runtime = {
      clock,
      random: {
        below: (limit) => random.below(limit),
        bytes: (count) => Buffer.from(Array.from({ length: count }, () => random.below(256))),
      },
      network: new SimulatedNetwork(wires, { machine, process }),
      disk: new SimulatedDisk(this.#disk, process),
      log: historyLog(history, () => `${this.#time()} ${this.name}.${life}`),
    };
    return { runtime, process };
  }

  #end(machineDies: boolean): void {
    const process = this.#process;
    this.#process = undefined;
    if (process?.alive === true) {
      process.end();
      this.#world.wires.end(process, machineDies);
    }
    if (!machineDies) return;
    this.#machine.isUp = false;
    this.#disk.crash();
    this.#note('loses power');
  }

  #note(what: string): void {
    this.#world.history.add(`${this.#time()} ${this.name} ${what}`);
  }

  #time(): string {
    return (this.#world.scheduler.nowUs / 1e6).toFixed(6);
  }
}
