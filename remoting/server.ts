/**
 * The server side of the remoting protocol.
 *
 * Every frame is first offered to the fast handler of its code, which reads the header in place by
 * spans and may encode its answer straight into the connection's output; whatever is not taken is
 * decoded and dispatched. Answers leave at the end of the turn, after `beforeAnswers`.
 *
 * Malformed frames are never answered: their connection is closed, since nothing after them can be
 * trusted. A connection with neither input nor output for `idleMs` is closed by a sweep over all of
 * them; no connection has a timer of its own.
 */
import { ANSWER_FLAG, decodeCommand, HeaderScan, isResponse } from '../protocol/mod.ts';
import type { Address, Connection, ConnectionEvents, Listener, Runtime } from '../runtime/mod.ts';
import { CHANNEL_LIMITS, type ChannelLimits } from './channel.ts';
import type { Dispatcher } from './dispatcher.ts';
import { recogniseOpening } from './opening.ts';
import { SampledWarning } from './sampled-warning.ts';
import { type ConnectionOwner, ServerConnection } from './server-connection.ts';
import { Turn } from './turn.ts';

/** Sweeps in `idleMs`: a connection is closed up to one sweep late. */
const SWEEPS = 8;
/** How long a peer may take to read its last answers. */
const CLOSE_MS_MAX = 3000;

export interface ServerOptions {
  readonly address: Address;
  /** Without input and output for so long, a connection is closed. */
  readonly idleMs?: number;
  readonly frameBytesMax?: number;
  /** With more output waiting, nothing is read from a connection. */
  readonly outputBytesMax?: number;
  /** Further connections are closed at once. */
  readonly connectionsMax?: number;
}

/** Reads a request by its spans; false = not a case for it, nothing was done. */
export type FastHandler = (
  scan: HeaderScan,
  buffer: Buffer,
  connection: ServerConnection,
) => boolean;

export interface ServerParts {
  readonly dispatcher: Dispatcher;
  readonly fast?: ReadonlyMap<number, FastHandler>;
  /** Runs once a turn, when all input has been handled and before anything is written. */
  readonly beforeAnswers?: () => void;
  /** Runs once a turn, when the answers have left; what it writes leaves in the same turn. */
  readonly afterAnswers?: () => void;
  readonly onClosed?: (connection: ServerConnection) => void;
}

/** Counted since the start; read by whoever declares metrics. */
export interface ServerCounts {
  connections: number;
  connectionsAccepted: number;
  connectionsRefused: number;
  connectionsIdled: number;
  malformedFrames: number;
  bytesIn: number;
}

export interface ListenerOptions {
  readonly address: Address;
  /** The only codes it serves; others are answered "not supported". All when absent. */
  readonly codes?: ReadonlySet<number>;
}

export class RemotingServer implements AsyncDisposable {
  readonly counts: ServerCounts = {
    connections: 0,
    connectionsAccepted: 0,
    connectionsRefused: 0,
    connectionsIdled: 0,
    malformedFrames: 0,
    bytesIn: 0,
  };

  readonly #runtime: Runtime;
  readonly #parts: ServerParts;
  readonly #limits: ChannelLimits;
  readonly #connectionsMax: number;
  readonly #turn: Turn;
  readonly #scan = new HeaderScan();
  readonly #fast: ReadonlyMap<number, FastHandler>;
  readonly #connections = new Set<ServerConnection>();
  readonly #listeners: Listener[] = [];
  readonly #warning: SampledWarning;
  readonly #sweeps: { cancel(): void };
  #closed = false;
  /** Set by who waits for the last connection to end. */
  #onEmpty: (() => void) | undefined;

  private constructor(runtime: Runtime, options: ServerOptions, parts: ServerParts) {
    const { frameBytesMax, outputBytesMax } = { ...CHANNEL_LIMITS, ...options };
    this.#runtime = runtime;
    this.#parts = parts;
    this.#limits = { ...CHANNEL_LIMITS, frameBytesMax, outputBytesMax };
    this.#connectionsMax = options.connectionsMax ?? 20_000;
    this.#turn = new Turn(runtime.clock, parts);
    this.#fast = parts.fast ?? new Map();
    this.#warning = new SampledWarning(runtime, 'Closed connections that sent malformed frames');
    this.#sweeps = runtime.clock.every((options.idleMs ?? 120_000) / SWEEPS, () => this.#sweep());
  }

  /** Resolves once it accepts connections; rejects with a `NetworkError`. */
  static async listen(
    runtime: Runtime,
    options: ServerOptions,
    parts: ServerParts,
  ): Promise<RemotingServer> {
    const server = new RemotingServer(runtime, options, parts);
    try {
      await server.alsoListen({ address: options.address });
    } catch (error) {
      server.#sweeps.cancel();
      throw error;
    }
    return server;
  }

  /** Another listener of the same server, perhaps for some codes only. Resolves with its address. */
  async alsoListen({ address, codes }: ListenerOptions): Promise<Address> {
    const listener = await this.#runtime.network.listen(address, (connection) =>
      this.#accept(connection, codes),
    );
    this.#listeners.push(listener);
    return listener.address;
  }

  /** Where it listens first. */
  get address(): Address {
    const [listener] = this.#listeners;
    if (listener === undefined) throw new Error('Cannot tell the address: not listening yet');
    return listener.address;
  }

  get connections(): ReadonlySet<ServerConnection> {
    return this.#connections;
  }

  /** There is something to do at the end of this turn, though no input has come. */
  schedule(): void {
    this.#turn.schedule();
  }

  /**
   * Stops accepting, then closes every connection once its answers have left. Resolves when all have
   * ended; those whose peers do not take their answers are cut off after a while.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#sweeps.cancel();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    for (const connection of this.#connections) connection.close();
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const timer = this.#runtime.clock.after(CLOSE_MS_MAX, resolve);
    await promise;
    timer.cancel();
    for (const connection of this.#connections) connection.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(connection: Connection, codes: ReadonlySet<number> | undefined): ConnectionEvents {
    const parts = { clock: this.#runtime.clock, limits: this.#limits, codes };
    const client = new ServerConnection(connection, this.#turn, this.#owner, parts);
    if (this.#connections.size >= this.#connectionsMax || this.#closed) {
      this.counts.connectionsRefused++;
      client.destroy();
      return client.events;
    }
    this.counts.connectionsAccepted++;
    this.#connections.add(client);
    this.counts.connections = this.#connections.size;
    return client.events;
  }

  readonly #owner: ConnectionOwner = {
    onOpening: (connection, bytes) => {
      const opening = recogniseOpening(bytes);
      if (opening === 'frames') return true;
      this.#refuse(connection, `Expected frames of the remoting protocol, is ${opening}`);
      return false;
    },
    onFrame: (connection, buffer, start, end) => this.#onFrame(connection, buffer, start, end),
    onMalformed: (connection, reason) => this.#refuse(connection, reason),
    onEnd: (connection) => {
      this.#connections.delete(connection);
      this.counts.connections = this.#connections.size;
      this.#parts.onClosed?.(connection);
      if (this.#connections.size === 0) this.#onEmpty?.();
    },
  };

  #onFrame(connection: ServerConnection, buffer: Buffer, start: number, end: number): void {
    this.counts.bytesIn += end - start;
    const scan = this.#scan;
    if (scan.scan(buffer, start, end) && (scan.flag & ANSWER_FLAG) === 0) {
      const fast = this.#fast.get(scan.code);
      if (fast !== undefined && connection.serves(scan.code) && fast(scan, buffer, connection)) {
        return;
      }
    }
    // A copy: handlers may keep the body beyond this turn.
    const command = decodeCommand(Buffer.from(buffer.subarray(start, end)));
    if (isResponse(command)) connection.settle(command);
    else this.#parts.dispatcher.dispatch(command, connection);
  }

  #refuse(connection: ServerConnection, reason: string): void {
    this.counts.malformedFrames++;
    this.#warning.raise({ ...connection.facts, reason });
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      connection.quietSweeps++;
      if (connection.quietSweeps > SWEEPS) {
        this.counts.connectionsIdled++;
        connection.close();
      } else {
        connection.trim();
      }
    }
  }
}
