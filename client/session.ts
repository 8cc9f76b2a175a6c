/**
 * What every client has: its id, connections, name servers, routes, and the heartbeat that tells
 * brokers which groups it is in.
 */
import { type HeartbeatData, heartbeatData } from '../protocol/bodies/mod.ts';
import {
  ANSWER_FLAG,
  brokerRequests,
  type Command,
  JAVA,
  NO_BODY,
  NO_FIELDS,
  ONEWAY_FLAG,
  parseIp,
  responseCodes,
  type UniqueKeys,
  uniqueKeys,
  VERSION,
} from '../protocol/mod.ts';
import { RemoteRefusal, RemotingClient } from '../remoting/mod.ts';
import { NetworkError, type Runtime, type Timer } from '../runtime/mod.ts';
import { NameServers } from './name-servers.ts';
import { type ClientOptions, nameServerList } from './options.ts';
import { MASTER_ID } from './route.ts';
import { Routes } from './routes.ts';

const POLL_MS = 30_000;
const HEARTBEAT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 3000;
/** For a broker that is asked whether it is there. */
const ANSWER_TIMEOUT_MS = 1000;

/** The groups a client is in. */
export type Membership = Pick<HeartbeatData, 'producerDataSet' | 'consumerDataSet'>;

export interface SessionParts {
  /** Absent for clients that are in no group. */
  readonly membership?: () => Membership;
  /** A broker asks or tells; false: unknown, which is answered. */
  readonly onRequest?: (command: Command) => boolean;
}

export class Session {
  readonly runtime: Runtime;
  readonly clientId: string;
  readonly remoting: RemotingClient;
  readonly nameServers: NameServers;
  readonly routes: Routes;
  readonly uniqueKeys: UniqueKeys;
  readonly #parts: SessionParts;
  readonly #heartbeats: Timer | undefined;

  constructor(runtime: Runtime, options: ClientOptions, parts: SessionParts = {}) {
    const { host = '127.0.0.1', requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
    const addresses = nameServerList(options);
    const instanceName = options.instanceName ?? runtime.random.bytes(6).toString('hex');
    this.runtime = runtime;
    this.#parts = parts;
    this.clientId = `${host}@${instanceName}`;
    this.remoting = new RemotingClient(runtime, {
      callTimeoutMs: requestTimeoutMs,
      onRequest: (command, connection) => {
        if (parts.onRequest?.(command) === true || (command.flag & ONEWAY_FLAG) !== 0) return;
        connection.send(notSupported(command));
      },
    });
    this.nameServers = new NameServers(this.remoting, runtime.random, addresses);
    this.routes = new Routes(runtime.clock, this.nameServers, options.routePollMs ?? POLL_MS);
    this.uniqueKeys = uniqueKeys(runtime, parseIp(host));
    if (parts.membership === undefined) return;
    this.#heartbeats = runtime.clock.every(options.heartbeatMs ?? HEARTBEAT_MS, () => {
      void this.heartbeat();
    });
  }

  /** Tells every broker in use; those that cannot be reached learn it next time. */
  async heartbeat(): Promise<void> {
    const beat = this.#beat();
    if (beat === undefined) return;
    const calls = [...this.#brokers(beat.isConsumer)].map((address) =>
      this.remoting.request(address, brokerRequests.HEART_BEAT, beat.request),
    );
    await Promise.allSettled(calls);
  }

  /** Whether the broker at `address` answers a heartbeat, whatever it says. */
  async answers(address: string): Promise<boolean> {
    const request = { ...this.#beat()?.request, timeoutMs: ANSWER_TIMEOUT_MS };
    try {
      await this.remoting.request(address, brokerRequests.HEART_BEAT, { header: {}, ...request });
      return true;
    } catch (error) {
      if (error instanceof RemoteRefusal) return true;
      if (error instanceof NetworkError) return false;
      throw error;
    }
  }

  /** Whether a route in use has a broker at `address`. */
  isInUse(address: string): boolean {
    return this.#brokers(true).has(address);
  }

  /** Tells every broker in use that this client leaves the groups of `leaving`. */
  async leave(leaving: { readonly producerGroup?: string; readonly consumerGroup?: string }) {
    const header = { clientID: this.clientId, ...leaving };
    const connected = new Set(this.remoting.connected);
    const calls = [...this.#brokers(true)]
      .filter((address) => connected.has(address))
      .map((address) =>
        this.remoting.request(address, brokerRequests.UNREGISTER_CLIENT, {
          header,
          timeoutMs: 1000,
        }),
      );
    await Promise.allSettled(calls);
  }

  async close(): Promise<void> {
    this.#heartbeats?.cancel();
    this.routes.close();
    await this.remoting.close();
  }

  /** What a heartbeat says; undefined for clients that are in no group. */
  #beat() {
    if (this.#parts.membership === undefined) return undefined;
    const content = {
      clientID: this.clientId,
      heartbeatFingerprint: 0,
      withoutSub: false,
      ...this.#parts.membership(),
    };
    const body = heartbeatData.encode(content, 'standard');
    const isConsumer = content.consumerDataSet.length > 0;
    return { isConsumer, request: { header: {}, body } };
  }

  /** Producers talk to masters alone, consumers to every replica. */
  #brokers(replicasToo: boolean): Set<string> {
    const addresses = new Set<string>();
    for (const { brokers } of this.routes.all()) {
      for (const broker of brokers) {
        for (const [id, address] of broker.addresses) {
          if (replicasToo || id === MASTER_ID) addresses.add(address);
        }
      }
    }
    return addresses;
  }
}

function notSupported({ code, opaque, serialization }: Command): Command {
  return {
    code: responseCodes.REQUEST_CODE_NOT_SUPPORTED,
    remark: ` request type ${code} not supported`,
    opaque,
    serialization,
    flag: ANSWER_FLAG,
    version: VERSION,
    language: JAVA,
    fields: NO_FIELDS,
    body: NO_BODY,
  };
}
