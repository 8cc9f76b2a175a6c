/** The producers that are connected, by group: for operators, replies and transaction checks. */
import type { ServerConnection } from '../../remoting/mod.ts';
import type { Member } from './consumers.ts';

export class Producers {
  readonly #groups = new Map<string, Map<ServerConnection, Member>>();
  /** By client id: whom a reply goes to. */
  readonly #clients = new Map<string, ServerConnection>();

  join(group: string, member: Member): void {
    const members = this.#groups.get(group) ?? new Map<ServerConnection, Member>();
    this.#groups.set(group, members);
    members.set(member.connection, member);
    this.#clients.set(member.clientId, member.connection);
  }

  leave(group: string, connection: ServerConnection): void {
    const members = this.#groups.get(group);
    const member = members?.get(connection);
    if (members === undefined || member === undefined) return;
    members.delete(connection);
    if (members.size === 0) this.#groups.delete(group);
    const elsewhere = [...this.#groups.values()].some((others) => others.has(connection));
    if (!elsewhere && this.#clients.get(member.clientId) === connection) {
      this.#clients.delete(member.clientId);
    }
  }

  disconnect(connection: ServerConnection): void {
    for (const group of this.#groups.keys()) this.leave(group, connection);
  }

  silentSince(sinceMs: number): Member[] {
    return [...this.#groups.values()].flatMap((members) =>
      [...members.values()].filter(({ seenMs }) => seenMs < sinceMs),
    );
  }

  find(group: string): readonly Member[] | undefined {
    const members = this.#groups.get(group);
    return members && [...members.values()];
  }

  findClient(clientId: string): ServerConnection | undefined {
    return this.#clients.get(clientId);
  }

  all(): Iterable<readonly [string, readonly Member[]]> {
    return [...this.#groups].map(([group, members]) => [group, [...members.values()]] as const);
  }
}
