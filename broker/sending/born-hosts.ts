/** Where messages come from, as records hold it: looked up once a connection, not once a message. */
import { parseIp } from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import type { Append } from '../../store/mod.ts';

interface BornHost {
  readonly address4: number;
  readonly address6: Buffer | undefined;
  readonly port: number;
}

export class BornHosts {
  readonly #known = new WeakMap<ServerConnection, BornHost>();
  #last: ServerConnection | undefined;
  #lastHost: BornHost = { address4: 0, address6: undefined, port: 0 };

  fill(input: Append, connection: ServerConnection): void {
    // Messages of one connection come in a row.
    if (connection !== this.#last) this.#lookUp(connection);
    const host = this.#lastHost;
    input.bornAddress4 = host.address4;
    input.bornAddress6 = host.address6;
    input.bornPort = host.port;
  }

  #lookUp(connection: ServerConnection): void {
    let host = this.#known.get(connection);
    if (host === undefined) {
      const address = parseIp(connection.remote.host);
      const is4 = address.length === 4;
      host = {
        address4: is4 ? address.readInt32BE(0) : 0,
        address6: is4 ? undefined : address,
        port: connection.remote.port,
      };
      this.#known.set(connection, host);
    }
    this.#last = connection;
    this.#lastHost = host;
  }
}
