/**
 * The client side of the remoting protocol: a connection per address, dialled when first used and
 * again after it broke, shared by all calls to the address.
 *
 * A call that times out without a byte having arrived since it left takes its connection with it:
 * the peer may be gone without a trace, and the next call finds out by dialling.
 */
import type { Command, HeaderCodec } from '../protocol/mod.ts';
import {
  type Address,
  type ConnectionEvents,
  formatAddress,
  NetworkError,
  parseAddress,
  type Runtime,
} from '../runtime/mod.ts';
import { CHANNEL_LIMITS, type ChannelLimits } from './channel.ts';
import { ClientConnection, type ClientConnectionOwner } from './client-connection.ts';
import type { Outgoing } from './outgoing.ts';
import { RemoteRefusal } from './remote-refusal.ts';
import { Turn } from './turn.ts';

const SWEEPS = 8;

export interface RemotingClientOptions {
  readonly connectTimeoutMs?: number;
  /** For calls that do not say. */
  readonly callTimeoutMs?: number;
  /** Without input and output for so long, a connection is closed. */
  readonly idleMs?: number;
  /**
   * What servers ask or tell. Answer with `connection.send`; requests with the oneway flag get no
   * answer. Without it they are dropped.
   */
  readonly onRequest?: (command: Command, connection: ClientConnection) => void;
  /** A connection was made, first or again. */
  readonly onConnected?: (address: string) => void;
}

/** How long to wait, and for whom to stop. */
export interface CallOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A request by its row of a table in `protocol/requests`. */
export interface TypedRequest<Q> extends CallOptions {
  readonly header: Q;
  readonly body?: Buffer;
  /** Fields beside the header, such as signatures. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Codes that are outcomes besides success; any other rejects with a `RemoteRefusal`. */
  readonly outcomes?: readonly number[];
  /** Completes "Cannot …" when it is refused. */
  readonly what?: string;
  /** Asks in the binary header form. */
  readonly binary?: boolean;
}

export interface Reply<A> {
  readonly code: number;
  readonly remark: string;
  readonly header: A;
  readonly body: Buffer;
  readonly command: Command;
}

export interface TypedRow<Q, A> {
  readonly code: number;
  readonly request: HeaderCodec<Q>;
  readonly response: HeaderCodec<A>;
}

export class RemotingClient implements AsyncDisposable {
  readonly #runtime: Runtime;
  readonly #options: Required<Omit<RemotingClientOptions, 'onRequest' | 'onConnected'>> &
    RemotingClientOptions;
  readonly #turn: Turn;
  readonly #limits: ChannelLimits = { ...CHANNEL_LIMITS, cutWhenSilent: true };
  readonly #connections = new Map<string, ClientConnection>();
  readonly #dialling = new Map<string, Promise<ClientConnection>>();
  readonly #sweeps: { cancel(): void };
  #closed = false;

  constructor(runtime: Runtime, options: RemotingClientOptions = {}) {
    this.#runtime = runtime;
    this.#options = { connectTimeoutMs: 3000, callTimeoutMs: 3000, idleMs: 120_000, ...options };
    this.#turn = new Turn(runtime.clock);
    this.#sweeps = runtime.clock.every(this.#options.idleMs / SWEEPS, () => this.#sweep());
  }

  /** Sends a request and resolves with its answer, whatever its code. */
  async call(
    address: string | Address,
    request: Outgoing,
    { timeoutMs = this.#options.callTimeoutMs, signal }: CallOptions = {},
  ): Promise<Command> {
    const startMs = this.#runtime.clock.monotonicMs();
    const connection = await this.#connect(
      address,
      Math.min(timeoutMs, this.#options.connectTimeoutMs),
    );
    const leftMs = timeoutMs - (this.#runtime.clock.monotonicMs() - startMs);
    return connection.call(request, Math.max(1, leftMs), signal);
  }

  /** Sends a oneway request; resolves once it is on its way. */
  async notify(address: string | Address, request: Outgoing): Promise<void> {
    const connection = await this.#connect(address, this.#options.connectTimeoutMs);
    connection.notify(request);
  }

  /** A request by its row; rejects with a `RemoteRefusal` when the answer is none of the outcomes. */
  async request<Q, A>(
    address: string | Address,
    row: TypedRow<Q, A>,
    { header, body, fields, outcomes = [], what, binary = false, ...limits }: TypedRequest<Q>,
  ): Promise<Reply<A>> {
    const outgoing: Outgoing = {
      code: row.code,
      fields: { ...row.request.encode(header), ...fields },
      body,
      serialization: binary ? 'ROCKETMQ' : 'JSON',
    };
    const command = await this.call(address, outgoing, limits);
    if (command.code !== 0 && !outcomes.includes(command.code)) {
      const shownWhat = what ?? `get request ${row.code} done`;
      throw new RemoteRefusal(`${shownWhat} at ${shown(address)}`, command);
    }
    return {
      code: command.code,
      remark: command.remark ?? '',
      header: row.response.decode(command.fields),
      body: command.body,
      command,
    };
  }

  /** Addresses with a connection. */
  get connected(): string[] {
    return [...this.#connections.keys()];
  }

  /** Ends the connection to `address`, if there is one. */
  disconnect(address: string | Address): void {
    this.#connections.get(shown(address))?.close();
  }

  /** Closes every connection once what was sent has left. Calls that wait are rejected. */
  close(): Promise<void> {
    this.#closed = true;
    this.#sweeps.cancel();
    for (const connection of this.#connections.values()) connection.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connect(address: string | Address, timeoutMs: number): Promise<ClientConnection> {
    const key = shown(address);
    const connection = this.#connections.get(key);
    if (connection?.closed === false) return Promise.resolve(connection);
    return this.#inTime(this.#dialling.get(key) ?? this.#beginDial(key), key, timeoutMs);
  }

  /** Each call that shares a dial waits its own time for it. */
  async #inTime(
    dialling: Promise<ClientConnection>,
    key: string,
    timeoutMs: number,
  ): Promise<ClientConnection> {
    const late = Promise.withResolvers<never>();
    const timer = this.#runtime.clock.after(timeoutMs, () => {
      const message = `Cannot connect to ${key}: no answer within ${Math.round(timeoutMs)} ms`;
      late.reject(new NetworkError('TimedOut', message));
    });
    try {
      return await Promise.race([dialling, late.promise]);
    } finally {
      timer.cancel();
    }
  }

  #beginDial(key: string): Promise<ClientConnection> {
    const dialling = this.#dial(key).finally(() => this.#dialling.delete(key));
    this.#dialling.set(key, dialling);
    return dialling;
  }

  async #dial(key: string): Promise<ClientConnection> {
    const address = parseAddress(key);
    if (address === undefined) {
      throw new NetworkError('UnknownHost', `Cannot connect to "${key}": expected host:port`);
    }
    if (this.#isClosed()) {
      throw new NetworkError('Reset', `Cannot connect to ${key}: client is closed`);
    }
    const life: { client?: ClientConnection; ended?: boolean } = {};
    const events: ConnectionEvents = {
      onData: (bytes) => life.client?.events.onData(bytes),
      onDrain: () => life.client?.events.onDrain(),
      onClose: (error) => {
        life.ended = true;
        life.client?.events.onClose(error);
      },
    };
    const { connectTimeoutMs } = this.#options;
    const connection = await this.#runtime.network.dial(address, events, connectTimeoutMs);
    if (life.ended === true || this.#isClosed()) {
      connection.destroy();
      throw new NetworkError('Reset', `Cannot connect to ${key}: closed at once`);
    }
    const parts = { clock: this.#runtime.clock, limits: this.#limits };
    const client = new ClientConnection(connection, this.#turn, this.#ownerOf(key), parts);
    life.client = client;
    this.#connections.set(key, client);
    this.#options.onConnected?.(key);
    return client;
  }

  /** Asked anew after every await. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #ownerOf(key: string): ClientConnectionOwner {
    return {
      onRequest: (command, connection) => this.#options.onRequest?.(command, connection),
      onMalformed: (connection, reason) => {
        const { facts } = connection;
        this.#runtime.log.warn('Closed a connection: malformed frame', { ...facts, reason });
      },
      onEnd: (connection) => {
        if (this.#connections.get(key) === connection) this.#connections.delete(key);
      },
    };
  }

  #sweep(): void {
    for (const connection of this.#connections.values()) {
      connection.quietSweeps++;
      if (connection.quietSweeps > SWEEPS) connection.close();
      else connection.trim();
    }
  }
}

function shown(address: string | Address): string {
  return typeof address === 'string' ? address : formatAddress(address);
}
