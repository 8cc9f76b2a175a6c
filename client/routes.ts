/**
 * Routes of the topics in use, looked up when first needed and again every `pollMs`. A route stays
 * in use when it cannot be refreshed: brokers work without name servers.
 *
 * Bound: as many topics as the application uses.
 */
import type { Clock, Timer } from '../runtime/mod.ts';
import type { NameServers } from './name-servers.ts';
import type { TopicRoute } from './route.ts';
import { unlessRefused } from './unless-refused.ts';

export class Routes {
  readonly #nameServers: NameServers;
  readonly #routes = new Map<string, TopicRoute>();
  readonly #lookups = new Map<string, Promise<TopicRoute | undefined>>();
  readonly #poll: Timer;

  constructor(clock: Clock, nameServers: NameServers, pollMs: number) {
    this.#nameServers = nameServers;
    this.#poll = clock.every(pollMs, () => {
      for (const topic of this.#routes.keys()) void unlessRefused(this.refresh(topic));
    });
  }

  /** The route as last seen; looked up when it never was. Undefined: no broker has the topic. */
  async find(topic: string): Promise<TopicRoute | undefined> {
    return this.#routes.get(topic) ?? this.refresh(topic);
  }

  /** Looks it up now; calls for one topic share one request. */
  refresh(topic: string): Promise<TopicRoute | undefined> {
    const known = this.#lookups.get(topic);
    if (known !== undefined) return known;
    const lookup = this.#lookUp(topic).finally(() => this.#lookups.delete(topic));
    this.#lookups.set(topic, lookup);
    return lookup;
  }

  /** Uses `route` for `topic`: what a topic will have that is made by the first message. */
  adopt(topic: string, route: TopicRoute): void {
    this.#routes.set(topic, route);
  }

  /** Every route in use. */
  all(): Iterable<TopicRoute> {
    return this.#routes.values();
  }

  close(): void {
    this.#poll.cancel();
  }

  async #lookUp(topic: string): Promise<TopicRoute | undefined> {
    const route = await this.#nameServers.findRoute(topic);
    if (route !== undefined) this.#routes.set(topic, route);
    return route;
  }
}
