/** One client as a server's handlers see it. */
import type { Connection } from '../runtime/mod.ts';
import { Channel, type ChannelParts } from './channel.ts';
import type { Turn } from './turn.ts';

/** The server, as its connections see it. */
export interface ConnectionOwner {
  onOpening(connection: ServerConnection, bytes: Buffer): boolean;
  onFrame(connection: ServerConnection, buffer: Buffer, start: number, end: number): void;
  onMalformed(connection: ServerConnection, reason: string): void;
  onEnd(connection: ServerConnection): void;
}

export interface ServerConnectionParts extends ChannelParts {
  /** The codes its listener serves; all when absent. */
  readonly codes?: ReadonlySet<number> | undefined;
}

export class ServerConnection extends Channel {
  /** Requests of this client that are being worked on beyond the turn they came in. */
  openRequests = 0;

  readonly #owner: ConnectionOwner;
  readonly #codes: ReadonlySet<number> | undefined;

  constructor(
    connection: Connection,
    turn: Turn,
    owner: ConnectionOwner,
    parts: ServerConnectionParts,
  ) {
    super(connection, turn, parts);
    this.#owner = owner;
    this.#codes = parts.codes;
  }

  /** Whether the listener it came in by serves `code`. */
  serves(code: number): boolean {
    return this.#codes === undefined || this.#codes.has(code);
  }

  protected override onOpening(bytes: Buffer): boolean {
    return this.#owner.onOpening(this, bytes);
  }

  protected override onFrame(buffer: Buffer, start: number, end: number): void {
    this.#owner.onFrame(this, buffer, start, end);
  }

  protected override onMalformed(reason: string): void {
    this.#owner.onMalformed(this, reason);
  }

  protected override onEnd(): void {
    this.#owner.onEnd(this);
  }
}
