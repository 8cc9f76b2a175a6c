/**
 * The network between simulated hosts: listeners, dialling, and what is wrong between whom. The
 * streams themselves are in `connection.ts`.
 */

import type { Address, Connection, ConnectionEvents, Listener, Network } from '../runtime/mod.ts';
import { formatAddress, NetworkError } from '../runtime/mod.ts';
import { connect, type SimulatedConnection } from './connection.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** How bad the network is; a seed draws it, a test may change it while it is in use. */
export interface NetworkFaults {
  /** How long bytes travel: between these. */
  delayUsMin: number;
  delayUsMax: number;
  /** Of 100 writes, how many are kept by the sender for a while though there was room. */
  lendPercent: number;
  /** Of 100 deliveries, how many bring a few bytes only. */
  cutPercent: number;
}

/** A machine on the network: up or down, and the process that runs on it now. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  isUp: boolean;
}

interface Bound {
  readonly process: Process;
  readonly accept: (connection: Connection) => ConnectionEvents;
}

/** Where a process is: what the network must know of it. */
export interface Place {
  readonly machine: Machine;
  readonly process: Process;
}

/** The kernel tries again to connect after about this long. */
const RETRY_US = 200_000;
const PORT_MIN = 32_768;
const ANY_ADDRESS = /^(?:0\.0\.0\.0|::|127\..*|localhost|::1)$/;

export class Wires {
  readonly prng: Prng;
  readonly scheduler: Scheduler;
  readonly faults: NetworkFaults;
  readonly #machines: Machine[] = [];
  readonly #bound = new Map<string, Bound>();
  readonly #connections = new Set<SimulatedConnection>();
  /** `from>to` of machines between which nothing gets through. */
  readonly #cut = new Set<string>();
  #nextPort = PORT_MIN;

  constructor(scheduler: Scheduler, prng: Prng, faults: Partial<NetworkFaults>) {
    this.scheduler = scheduler;
    this.prng = prng;
    this.faults = { delayUsMin: 50, delayUsMax: 500, lendPercent: 10, cutPercent: 10, ...faults };
  }

  addMachine(name: string): Machine {
    const machine = { name, address: `10.0.0.${this.#machines.length + 1}`, isUp: true };
    this.#machines.push(machine);
    return machine;
  }

  delayUs(): number {
    return this.prng.between(this.faults.delayUsMin, this.faults.delayUsMax);
  }

  /** Nothing gets from `from` to `to`, nor back unless `oneWay`, until `heal`. */
  partition(from: string, to: string, oneWay = false): void {
    this.#cut.add(`${from}>${to}`);
    if (!oneWay) this.#cut.add(`${to}>${from}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** Whether bytes get through now; those that do not are sent again until they do. */
  reaches(from: Machine, to: Machine): boolean {
    return to.isUp && !this.#cut.has(`${from.name}>${to.name}`);
  }

  /** Breaks a connection drawn from the seed, if there is any: both ends learn of it. */
  resetAny(): void {
    if (this.#connections.size === 0) return;
    this.prng.pick([...this.#connections]).reset();
  }

  freePort(): number {
    return this.#nextPort++;
  }

  find(host: string, from: Machine): Machine | undefined {
    if (ANY_ADDRESS.test(host)) return from;
    return this.#machines.find(({ name, address }) => host === name || host === address);
  }

  bind(machine: Machine, port: number, bound: Bound): boolean {
    const key = `${machine.name}:${port}`;
    if (this.#bound.get(key)?.process.alive === true) return false;
    this.#bound.set(key, bound);
    return true;
  }

  unbind(machine: Machine, port: number, process: Process): void {
    const key = `${machine.name}:${port}`;
    if (this.#bound.get(key)?.process === process) this.#bound.delete(key);
  }

  findBound(machine: Machine, port: number): Bound | undefined {
    const bound = this.#bound.get(`${machine.name}:${port}`);
    return bound?.process.alive === true ? bound : undefined;
  }

  add(connection: SimulatedConnection): void {
    this.#connections.add(connection);
  }

  remove(connection: SimulatedConnection): void {
    this.#connections.delete(connection);
  }

  /** The process at `place` died: its machine, if it is up, ends what the process had open. */
  end(process: Process, machineDied: boolean): void {
    for (const connection of this.#connections) {
      if (connection.process === process) connection.die(machineDied);
    }
  }
}

/** The network as one process uses it. */
export class SimulatedNetwork implements Network {
  readonly #wires: Wires;
  readonly #place: Place;

  constructor(wires: Wires, place: Place) {
    this.#wires = wires;
    this.#place = place;
  }

  listen(
    address: Address,
    accept: (connection: Connection) => ConnectionEvents,
  ): Promise<Listener> {
    const { machine, process } = this.#place;
    const wires = this.#wires;
    return new Promise((resolve, reject) => {
      const action = `listen on ${formatAddress(address)}`;
      if (wires.find(address.host, machine) !== machine) {
        const message = `Cannot ${action}: this machine has no such address`;
        reject(new NetworkError('AddressNotAvailable', message));
        return;
      }
      const port = address.port === 0 ? wires.freePort() : address.port;
      if (!wires.bind(machine, port, { process, accept })) {
        const message = `Cannot ${action}: the address is in use by another process`;
        reject(new NetworkError('AddressInUse', message));
        return;
      }
      resolve({
        address: { host: address.host, port },
        close() {
          wires.unbind(machine, port, process);
          return Promise.resolve();
        },
      });
    });
  }

  dial(address: Address, events: ConnectionEvents, timeoutMs: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      new Dial(this.#wires, this.#place, address).start({ events, timeoutMs, resolve, reject });
    });
  }
}

interface Caller {
  readonly events: ConnectionEvents;
  readonly timeoutMs: number;
  resolve(connection: Connection): void;
  reject(error: NetworkError): void;
}

/** One attempt to connect, sent again while nothing comes back. */
class Dial {
  readonly #wires: Wires;
  readonly #place: Place;
  readonly #address: Address;
  #isOver = false;

  constructor(wires: Wires, place: Place, address: Address) {
    this.#wires = wires;
    this.#place = place;
    this.#address = address;
  }

  start(caller: Caller): void {
    const { process, machine } = this.#place;
    const to = this.#wires.find(this.#address.host, machine);
    if (to === undefined) {
      process.after(this.#wires.delayUs(), () => {
        this.#fail(caller, 'UnknownHost', 'the name is unknown');
      });
      return;
    }
    process.after(caller.timeoutMs * 1000, () => {
      this.#fail(caller, 'TimedOut', `no answer within ${caller.timeoutMs} ms`);
    });
    this.#knock(caller, to);
  }

  #fail(caller: Caller, code: NetworkError['code'], reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const message = `Cannot connect to ${formatAddress(this.#address)}: ${reason}`;
    caller.reject(new NetworkError(code, message));
  }

  #knock(caller: Caller, to: Machine): void {
    const wires = this.#wires;
    const { machine: from, process } = this.#place;
    wires.scheduler.after(wires.delayUs(), () => {
      if (this.#isOver || !process.alive) return;
      if (!wires.reaches(from, to) || !wires.reaches(to, from)) {
        wires.scheduler.after(wires.prng.between(RETRY_US / 2, RETRY_US), () => {
          if (!this.#isOver && process.alive) this.#knock(caller, to);
        });
        return;
      }
      const bound = wires.findBound(to, this.#address.port);
      if (bound === undefined) {
        process.after(wires.delayUs(), () =>
          this.#fail(caller, 'Refused', 'nothing listens there'),
        );
        return;
      }
      this.#meet(caller, bound, to);
    });
  }

  #meet(caller: Caller, bound: Bound, to: Machine): void {
    const wires = this.#wires;
    const near = {
      ...this.#place,
      at: { host: this.#place.machine.address, port: wires.freePort() },
    };
    const far = {
      machine: to,
      process: bound.process,
      at: { host: to.address, port: this.#address.port },
    };
    const [ours, theirs] = connect(wires, near, far);
    bound.process.after(0, () => theirs.start(bound.accept(theirs)));
    this.#place.process.after(wires.delayUs(), () => {
      if (this.#isOver) {
        ours.destroy();
        return;
      }
      this.#isOver = true;
      caller.resolve(ours);
      ours.start(caller.events);
    });
  }
}
