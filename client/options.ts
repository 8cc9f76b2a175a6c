/** What every kind of client is told. */
import { Failure } from '../protocol/mod.ts';
import { type Address, formatAddress, parseAddress } from '../runtime/mod.ts';

export interface ClientOptions {
  /** `host:port;host:port`, or a list. Any of them may be down. */
  readonly nameServers: string | readonly (string | Address)[];
  /** This machine's address as others see it: part of the client's id and of message ids. */
  readonly host?: string;
  /** Distinguishes clients of one machine; random when absent. */
  readonly instanceName?: string;
  /** For every request that has no longer one of its own. */
  readonly requestTimeoutMs?: number;
  /** How often routes in use are looked up anew. */
  readonly routePollMs?: number;
  /** How often brokers are told that this client is there. */
  readonly heartbeatMs?: number;
}

/** The addresses as `host:port`. Throws a `Failure` that shows the one that is none. */
export function nameServerList({ nameServers }: Pick<ClientOptions, 'nameServers'>): string[] {
  const given = typeof nameServers === 'string' ? nameServers.split(';') : nameServers;
  const texts = given.map((item) => (typeof item === 'string' ? item.trim() : formatAddress(item)));
  const list = texts.filter((item) => item !== '');
  for (const item of list) {
    if (parseAddress(item) !== undefined) continue;
    throw new Failure('InvalidParameter', `Cannot use name server "${item}": expected host:port`);
  }
  if (list.length > 0) return list;
  throw new Failure('InvalidParameter', 'Cannot start without name servers: expected host:port');
}
