/**
 * A simulated connection: two ends, a pipe each way. What the ends are told and when follows the
 * contract in `runtime/network.ts`; how ends die follows what kernels do.
 */
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  formatAddress,
  NetworkError,
} from '../runtime/mod.ts';
import type { Machine, Place, Wires } from './network.ts';
import { Pipe, type Receiver } from './pipe.ts';
import type { Process } from './process.ts';
import type { Scheduled } from './scheduler.ts';

/** How long a closed connection waits for its peer to end too. */
const LINGER_US = 10_000_000;

interface End extends Place {
  readonly at: Address;
}

/** The two ends of a new connection. */
export function connect(
  wires: Wires,
  near: End,
  far: End,
): [SimulatedConnection, SimulatedConnection] {
  const out = new Pipe(wires);
  const back = new Pipe(wires);
  const ours = new SimulatedConnection({ wires, here: near, there: far, output: out, input: back });
  const theirs = new SimulatedConnection({
    wires,
    here: far,
    there: near,
    output: back,
    input: out,
  });
  out.join(ours, theirs.receiver);
  back.join(theirs, ours.receiver);
  wires.add(ours);
  wires.add(theirs);
  return [ours, theirs];
}

interface Parts {
  readonly wires: Wires;
  readonly here: End;
  readonly there: End;
  readonly output: Pipe;
  readonly input: Pipe;
}

export class SimulatedConnection implements Connection {
  readonly local: Address;
  readonly remote: Address;
  readonly process: Process;
  readonly receiver: Receiver;
  readonly #wires: Wires;
  readonly #from: Machine;
  readonly #machine: Machine;
  readonly #output: Pipe;
  readonly #input: Pipe;
  #events: ConnectionEvents | undefined;
  #isPaused = false;
  /** Closed here: the owner is told of nothing but the end. */
  #isClosed = false;
  #hasPeerEnded = false;
  #isOver = false;
  #isToldOfEnd = false;
  #error: Error | undefined;
  #linger: Scheduled | undefined;

  constructor({ wires, here, there, output, input }: Parts) {
    this.#wires = wires;
    this.local = here.at;
    this.remote = there.at;
    this.process = here.process;
    this.#machine = here.machine;
    this.#from = there.machine;
    this.#output = output;
    this.#input = input;
    this.receiver = this.#makeReceiver();
  }

  /** Tells `events` from now on. */
  start(events: ConnectionEvents): void {
    this.#events = events;
    this.#input.resume();
    // It may have broken before its owner knew of it.
    if (this.#isOver) this.#tellOfEnd();
  }

  get unsentBytes(): number {
    return this.#isOver ? 0 : this.#output.unsentBytes;
  }

  write(bytes: Buffer): boolean {
    if (this.#isClosed || this.#isOver || this.#hasPeerEnded || !this.process.alive) return true;
    return this.#output.write(bytes);
  }

  writeAll(buffers: readonly Buffer[]): boolean {
    let haveLeft = true;
    for (const bytes of buffers) haveLeft = this.write(bytes);
    return haveLeft;
  }

  pause(): void {
    if (!this.#isClosed) this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#input.resume();
  }

  close(): void {
    if (this.#isClosed || !this.process.alive) return;
    this.#isClosed = true;
    this.resume();
    this.#output.end();
    this.#linger = this.process.after(LINGER_US, () => this.destroy());
  }

  destroy(): void {
    if (this.#isOver || !this.process.alive) return;
    this.#isClosed = true;
    // A kernel resets a connection that is closed with input unread.
    this.#output.abandon(this.#input.unreadBytes > 0);
    this.#finish(undefined);
  }

  /** Both ends learn that it broke; what was on its way is lost in part. */
  reset(): void {
    this.#output.abandon(true);
    this.#input.abandon(true);
  }

  /** The process here died. Its kernel ends the connection, unless it died too. */
  die(machineDied: boolean): void {
    this.#isOver = true;
    this.#wires.remove(this);
    if (machineDied) this.#output.vanish();
    else this.#output.abandon(this.#input.unreadBytes > 0 || this.#wires.prng.chance(1, 2));
  }

  /** From the output pipe: lent buffers are their owner's again. */
  left(): void {
    this.process.after(0, () => {
      if (this.#isOver) return;
      if (this.#output.unsentBytes > 0) return;
      if (this.#hasPeerEnded) this.#finish(undefined);
      else if (!this.#isClosed) this.#events?.onDrain();
    });
  }

  /** From the output pipe: the far end is gone. */
  refused(): void {
    this.process.after(this.#wires.delayUs(), () => this.#finish(this.#broken()));
  }

  #makeReceiver(): Receiver {
    return {
      isPaused: () => this.#isPaused || this.#events === undefined,
      state: () => this.#state(),
      input: (bytes) => {
        if (!this.#isClosed) this.process.run(() => this.#events?.onData(bytes));
      },
      end: () => this.#onEnd(),
      broken: () => this.#finish(this.#broken()),
    };
  }

  #state(): 'there' | 'gone' | 'unreachable' {
    const { process } = this;
    if (!this.#wires.reaches(this.#from, this.#machine)) return 'unreachable';
    if (process.alive && process.isPaused) return 'unreachable';
    return this.#isOver || !process.alive ? 'gone' : 'there';
  }

  /** The peer ended: so do we, once what was written has left. */
  #onEnd(): void {
    this.#hasPeerEnded = true;
    this.#output.end();
    if (this.#output.unsentBytes === 0) this.#finish(undefined);
  }

  #broken(): NetworkError {
    const message = `Cannot go on talking to ${formatAddress(this.remote)}: the connection is broken`;
    return new NetworkError('Reset', message);
  }

  #finish(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    this.#linger?.cancel();
    this.#wires.remove(this);
    this.#tellOfEnd();
  }

  #tellOfEnd(): void {
    this.process.after(0, () => {
      if (this.#isToldOfEnd || this.#events === undefined) return;
      this.#isToldOfEnd = true;
      this.#events.onClose(this.#error);
    });
  }
}
