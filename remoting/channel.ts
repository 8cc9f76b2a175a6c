/**
 * One remoting connection, seen from either end: cuts input into frames, gathers output, and
 * matches answers to the requests that were sent on it. Both sides may ask.
 *
 * Bounds: with more than `outputBytesMax` waiting, input is neither handled nor read until it has
 * drained; a peer that lets `DEAF_FACTOR` times as much pile up, which only we can cause, is cut off.
 */
import {
  type Command,
  encodeCommand,
  isResponse,
  MalformedFrame,
  ONEWAY_FLAG,
} from '../protocol/mod.ts';
import {
  type Address,
  type Clock,
  type Connection,
  type ConnectionEvents,
  type Facts,
  formatAddress,
  NetworkError,
} from '../runtime/mod.ts';
import { FRAME_BYTES_MAX, FrameCutter } from './frames.ts';
import { Outbox } from './outbox.ts';
import { completed, type Outgoing } from './outgoing.ts';
import { PendingCalls } from './pending-calls.ts';
import type { Turn } from './turn.ts';

/** A frame at least this large is lent to the connection instead of copied into the output. */
const LENT_FRAME_BYTES = 65_536;
const DEAF_FACTOR = 4;

export interface ChannelLimits {
  readonly frameBytesMax: number;
  readonly outputBytesMax: number;
  /** Cut the connection when a call timed out and not a byte has arrived since it left. */
  readonly cutWhenSilent: boolean;
}

export const CHANNEL_LIMITS: ChannelLimits = {
  frameBytesMax: FRAME_BYTES_MAX,
  outputBytesMax: 4_194_304,
  cutWhenSilent: false,
};

export interface ChannelParts {
  readonly clock: Clock;
  readonly limits: ChannelLimits;
}

export abstract class Channel extends Outbox {
  /** What the network tells: not for anybody else to call. */
  readonly events: ConnectionEvents = {
    onData: (bytes) => this.#onData(bytes),
    onDrain: () => this.#onDrain(),
    onClose: (error) => this.#onClose(error),
  };
  /** Sweeps since something was read or written: counting them needs no clock on the hot path. */
  quietSweeps = 0;

  readonly #limits: ChannelLimits;
  readonly #cutter: FrameCutter;
  readonly #calls: PendingCalls;
  readonly #onFrame: (buffer: Buffer, start: number, end: number) => boolean;
  #closeListeners: (() => void)[] = [];
  #reads = 0;
  #paused = false;
  /** From `close` or `destroy` on, input is ignored and nothing more is sent. */
  #ending = false;
  /** From when nothing can be written any more. */
  #dead = false;
  /** The connection has ended. */
  #closed = false;

  constructor(connection: Connection, turn: Turn, parts: ChannelParts) {
    super(connection, turn);
    this.#limits = parts.limits;
    this.#cutter = new FrameCutter(parts.limits.frameBytesMax);
    this.#calls = new PendingCalls(parts.clock);
    this.#onFrame = (buffer, start, end) => {
      this.onFrame(buffer, start, end);
      return this.#mayReadOn();
    };
  }

  /** The first bytes of the connection; false = it is to be cut. */
  protected abstract onOpening(bytes: Buffer): boolean;
  /** A whole frame, valid during the call. May throw `MalformedFrame`. */
  protected abstract onFrame(buffer: Buffer, start: number, end: number): void;
  /** The connection is about to be cut for what it sent. */
  protected abstract onMalformed(reason: string): void;
  protected abstract onEnd(): void;

  get remote(): Address {
    return this.connection.remote;
  }

  get local(): Address {
    return this.connection.local;
  }

  /** Nothing more can be sent: it has ended, or is ending. */
  get closed(): boolean {
    return this.#ending;
  }

  protected override get isDead(): boolean {
    return this.#dead;
  }

  /** Who this is, for log lines. */
  get facts(): Facts {
    return { remote: formatAddress(this.remote), local: formatAddress(this.local) };
  }

  /** Queues a command; dropped when the connection is closed. */
  send(command: Command): void {
    if (this.#ending) return;
    if (this.waitingBytes > DEAF_FACTOR * this.#limits.outputBytesMax) {
      this.destroy();
      return;
    }
    const frame = encodeCommand(command);
    if (frame.length >= LENT_FRAME_BYTES) {
      this.lend([frame]);
      return;
    }
    const position = this.reserve(frame.length);
    frame.copy(this.output, position);
    this.outputEnd = position + frame.length;
  }

  /** Sends a request and resolves with its answer; rejects when none comes. */
  call(request: Outgoing, timeoutMs: number, signal?: AbortSignal): Promise<Command> {
    const what = `${formatAddress(this.remote)} with code ${request.code}`;
    if (this.#ending) {
      return Promise.reject(new NetworkError('Reset', `Cannot call ${what}: connection closed`));
    }
    const opaque = this.#calls.nextOpaque();
    const readsBefore = this.#reads;
    const onTimeout = (): void => {
      if (this.#limits.cutWhenSilent && this.#reads === readsBefore) this.destroy();
    };
    const answer = this.#calls.wait(opaque, what, { timeoutMs, signal, onTimeout });
    if (signal?.aborted !== true) this.send(completed(request, opaque, 0));
    return answer;
  }

  /** Sends a request that gets no answer. */
  notify(request: Outgoing): void {
    this.send(completed(request, this.#calls.nextOpaque(), ONEWAY_FLAG));
  }

  /** An answer to one of our calls. */
  settle(answer: Command): void {
    if (isResponse(answer)) this.#calls.settle(answer);
  }

  /** Runs once when the connection has ended; at once when it has already. */
  onClose(run: () => void): void {
    if (this.#closed) run();
    else this.#closeListeners.push(run);
  }

  /** Ends the connection after what was sent has left. */
  close(): void {
    if (this.#ending) return;
    this.#ending = true;
    // At the end of the turn: before, what answers promise may not have been done.
    this.mark();
  }

  /** Ends the connection now. */
  destroy(): void {
    this.#ending = true;
    this.#dead = true;
    this.connection.destroy();
  }

  /** Gives idle memory back. */
  trim(): void {
    this.#cutter.trim();
    this.trimOutput();
  }

  override flush(): void {
    this.quietSweeps = 0;
    super.flush();
    if (!this.#ending || this.#dead) return;
    this.#dead = true;
    this.connection.close();
  }

  override readOn(): void {
    if (this.#ending || !this.#paused) return;
    this.#paused = false;
    this.#cut(undefined);
    if (this.#mayReadOn()) this.connection.resume();
  }

  protected override emptied(): void {
    if (this.#paused) this.turn.readOn(this);
  }

  #onData(bytes: Buffer): void {
    if (this.#ending) return;
    this.quietSweeps = 0;
    this.#reads++;
    if (this.#reads === 1 && !this.onOpening(bytes)) this.destroy();
    else this.#cut(bytes);
  }

  #onDrain(): void {
    this.quietSweeps = 0;
    this.drained();
  }

  #onClose(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending = true;
    this.#dead = true;
    const reason = new NetworkError('Reset', `Connection to ${formatAddress(this.remote)} closed`, {
      cause: error,
    });
    this.#calls.failAll(reason);
    this.discard();
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const run of listeners) run();
    this.onEnd();
  }

  /** Hands frames on; without `bytes`, those that were held back. */
  #cut(bytes: Buffer | undefined): void {
    this.turn.schedule();
    try {
      if (bytes === undefined) this.#cutter.resume(this.#onFrame);
      else this.#cutter.push(bytes, this.#onFrame);
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      this.onMalformed(error.message);
      this.destroy();
    }
  }

  #mayReadOn(): boolean {
    if (this.#paused || this.#ending) return false;
    if (this.waitingBytes <= this.#limits.outputBytesMax) return true;
    this.#paused = true;
    this.connection.pause();
    return false;
  }
}
