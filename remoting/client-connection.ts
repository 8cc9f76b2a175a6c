/** One server as a client sees it. */
import { type Command, decodeCommand, isResponse } from '../protocol/mod.ts';
import type { Connection } from '../runtime/mod.ts';
import { Channel, type ChannelParts } from './channel.ts';
import type { Turn } from './turn.ts';

/** The client, as its connections see it. */
export interface ClientConnectionOwner {
  /** The server asks, or tells. */
  onRequest(command: Command, connection: ClientConnection): void;
  onMalformed(connection: ClientConnection, reason: string): void;
  onEnd(connection: ClientConnection): void;
}

export class ClientConnection extends Channel {
  readonly #owner: ClientConnectionOwner;

  constructor(
    connection: Connection,
    turn: Turn,
    owner: ClientConnectionOwner,
    parts: ChannelParts,
  ) {
    super(connection, turn, parts);
    this.#owner = owner;
  }

  protected override onOpening(): boolean {
    return true;
  }

  protected override onFrame(buffer: Buffer, start: number, end: number): void {
    // A copy: whoever waits for the answer runs after the buffer is used again.
    const command = decodeCommand(Buffer.from(buffer.subarray(start, end)));
    if (isResponse(command)) this.settle(command);
    else this.#owner.onRequest(command, this);
  }

  protected override onMalformed(reason: string): void {
    this.#owner.onMalformed(this, reason);
  }

  protected override onEnd(): void {
    this.#owner.onEnd(this);
  }
}
