/**
 * Reliable, ordered byte streams, as TCP gives them: they may be cut anywhere, stall or break,
 * never reorder. Input arrives by callback as a borrowed view; output is handed over a buffer at a
 * time, at best once a turn.
 */

export interface Address {
  /** A numeric IPv4 or IPv6 address once connected; a name is allowed when dialling. */
  readonly host: string;
  readonly port: number;
}

/** What the owner of a connection is told. No callback runs inside a call the owner makes. */
export interface ConnectionEvents {
  /** `bytes` is borrowed: it is overwritten after this call returns. Copy what must stay. */
  onData(bytes: Buffer): void;
  /** Everything written before has left, and its buffers belong to their owner again. */
  onDrain(): void;
  /**
   * The last callback: the peer ended, the connection broke or was closed here. Lent buffers belong
   * to their owner again. After a close here it is the only one.
   */
  onClose(error?: Error): void;
}

export interface Connection {
  readonly local: Address;
  readonly remote: Address;
  /** Bytes written that have not left. */
  readonly unsentBytes: number;
  /**
   * Queues bytes after all earlier ones. True: they have left, the buffer may be reused at once.
   * False: the buffer is lent until `onDrain`. After a close, does nothing and says true.
   */
  write(bytes: Buffer): boolean;
  /** As `write` for several buffers in order, in one system call where there is one. */
  writeAll(buffers: readonly Buffer[]): boolean;
  /** Stops and starts the delivery of input, to hold back a peer that sends faster than we work. */
  pause(): void;
  resume(): void;
  /** Ends the stream after what was written has left, or after ten seconds. Idempotent. */
  close(): void;
  /** Ends it now; what has not left is lost. Idempotent. */
  destroy(): void;
}

export interface Listener {
  /** Where it listens: the port is the real one when 0 was asked for. */
  readonly address: Address;
  /** Stops accepting; connections made stay. Resolves when the port is free. */
  close(): Promise<void>;
}

export interface Network {
  /** Rejects with a `NetworkError`, for instance when the address is in use. */
  listen(address: Address, accept: (connection: Connection) => ConnectionEvents): Promise<Listener>;
  /** Resolves once connected; rejects with a `NetworkError` (refused, timed out, unknown name). */
  dial(address: Address, events: ConnectionEvents, timeoutMs: number): Promise<Connection>;
}

export type NetworkErrorCode =
  | 'AddressInUse'
  | 'AddressNotAvailable'
  | 'Refused'
  | 'TimedOut'
  | 'UnknownHost'
  | 'Reset'
  | 'Other';

/** The network said no: a condition of the world, to be handled. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `host:port` or `[host]:port`; undefined when it is neither. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}
