/**
 * The name servers of a cluster: any one is enough, each knows the same. One is used until it
 * fails, then the next; a call fails when all of them did.
 */
import { topicRouteData } from '../protocol/bodies/mod.ts';
import { nameServerRequests, responseCodes } from '../protocol/mod.ts';
import {
  RemoteRefusal,
  type RemotingClient,
  type Reply,
  type TypedRequest,
  type TypedRow,
} from '../remoting/mod.ts';
import { NetworkError, type Random } from '../runtime/mod.ts';
import { routeOf, type TopicRoute } from './route.ts';

const { TOPIC_NOT_EXIST } = responseCodes;

export class NameServers {
  readonly #remoting: RemotingClient;
  readonly #addresses: readonly string[];
  #current: number;

  constructor(remoting: RemotingClient, random: Random, addresses: readonly string[]) {
    this.#remoting = remoting;
    this.#addresses = addresses;
    // Clients that start together must not all go to the first.
    this.#current = random.below(addresses.length);
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Asks one of them. Rejects as the last one did when none can be reached. */
  async request<Q, A>(row: TypedRow<Q, A>, request: TypedRequest<Q>): Promise<Reply<A>> {
    for (let tries = 1; ; tries++) {
      const address = this.#addresses[this.#current % this.#addresses.length] ?? '';
      try {
        return await this.#remoting.request(address, row, request);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        this.#current++;
        if (tries === this.#addresses.length) throw error;
      }
    }
  }

  /** Tells every one of them, for they do not tell each other. Rejects when one failed. */
  async requestAll<Q, A>(row: TypedRow<Q, A>, request: TypedRequest<Q>): Promise<Reply<A>[]> {
    const calls = this.#addresses.map((address) => this.#remoting.request(address, row, request));
    return Promise.all(calls);
  }

  /** Undefined when no broker has the topic. */
  async findRoute(topic: string, signal?: AbortSignal): Promise<TopicRoute | undefined> {
    const { GET_ROUTEINFO_BY_TOPIC } = nameServerRequests;
    try {
      const { body } = await this.request(GET_ROUTEINFO_BY_TOPIC, {
        header: { topic, acceptStandardJsonOnly: true },
        what: `look up topic "${topic}"`,
        signal,
      });
      return routeOf(topic, topicRouteData.decode(body));
    } catch (error) {
      const isMissing = error instanceof RemoteRefusal && error.code === TOPIC_NOT_EXIST;
      if (isMissing) return undefined;
      throw error;
    }
  }
}
