/**
 * A TCP connection over a Node socket.
 *
 * Nothing is made per write beyond what Node itself makes: whether the bytes have left is read from
 * `writableLength`, and only when they have not is a callback queued behind them.
 */
import type { Socket } from 'node:net';
import type { Address, Connection, ConnectionEvents } from '../network.ts';
import { formatAddress } from '../network.ts';
import { startReading } from './borrowed-input.ts';
import { networkError } from './network-errors.ts';

/** How long a closed connection may take to send what was written and to hear the peer end. */
const LINGER_MS = 10_000;
const NOTHING = Buffer.alloc(0);

export class NodeConnection implements Connection {
  readonly local: Address;
  readonly remote: Address;
  readonly #socket: Socket;
  #events: ConnectionEvents | undefined;
  #error: Error | undefined;
  /** Closed here: the owner is told of nothing but the end. */
  #closed = false;
  #drainAwaited = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { host: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.on('error', (error) => {
      this.#error = networkError(`go on talking to ${formatAddress(this.remote)}`, error);
    });
    socket.on('close', () => this.#onClose());
  }

  /** Tells `events` from now on. */
  start(events: ConnectionEvents): void {
    this.#events = events;
    startReading(this.#socket);
  }

  input(bytes: Buffer): void {
    if (!this.#closed) this.#events?.onData(bytes);
  }

  get unsentBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket;
    if (this.#closed || !socket.writable) return true;
    socket.write(bytes);
    return socket.writableLength === 0 || this.#awaitDrain();
  }

  writeAll(buffers: readonly Buffer[]): boolean {
    const socket = this.#socket;
    if (this.#closed || !socket.writable) return true;
    socket.cork();
    for (const bytes of buffers) socket.write(bytes);
    socket.uncork();
    return socket.writableLength === 0 || this.#awaitDrain();
  }

  pause(): void {
    if (!this.#closed) this.#socket.pause();
  }

  resume(): void {
    if (!this.#closed) this.#socket.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Read on, so as to hear the peer end: a close with input unread would reset the connection,
    // and the peer could lose the answers it has not read.
    this.#socket.resume();
    this.#socket.end();
    this.#linger = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#linger.unref();
  }

  destroy(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  /** Queues a callback behind all that was written. Says false: what `write` answers then. */
  #awaitDrain(): false {
    if (this.#drainAwaited) return false;
    this.#drainAwaited = true;
    this.#socket.write(NOTHING, this.#onLeft);
    return false;
  }

  readonly #onLeft = (error?: Error | null): void => {
    this.#drainAwaited = false;
    if (error || this.#closed) return;
    if (this.#socket.writableLength > 0) this.#awaitDrain();
    else this.#events?.onDrain();
  };

  #onClose(): void {
    clearTimeout(this.#linger);
    this.#closed = true;
    this.#events?.onClose(this.#error);
  }
}
