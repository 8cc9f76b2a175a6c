/** Makes this broker and its topics known to every name server, and takes them back at the stop. */
import {
  type Registration as Announced,
  kvTable,
  registration,
  type TopicConfig,
} from '../../protocol/bodies/mod.ts';
import { crc32, nameServerRequests, PERMISSION } from '../../protocol/mod.ts';
import { RemotingClient } from '../../remoting/mod.ts';
import { type Address, formatAddress, type Runtime, type Timer } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import { noVersion } from '../metadata/data-version.ts';
import type { Topics } from '../topics/topics.ts';
import { NameServerLink } from './name-server-link.ts';

/** How soon a restarted name server is noticed. */
const WATCH_MS = 1000;
const UNREGISTER_TIMEOUT_MS = 1000;
const READ_WRITE = PERMISSION.read | PERMISSION.write;

export interface RegistrationParts {
  readonly runtime: Runtime;
  readonly config: BrokerConfig;
  readonly topics: Topics;
  /** Where clients reach this broker. */
  readonly address: Address;
}

export class Registration {
  readonly #parts: RegistrationParts;
  readonly #client: RemotingClient;
  /** By address. */
  readonly #links = new Map<string, NameServerLink>();
  #watch: Timer | undefined;
  #hasRegistered = false;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
    this.#client = new RemotingClient(parts.runtime);
    for (const address of parts.config.namesrvAddr) this.#add(address);
    parts.topics.listen((changed) => {
      const names = changed.map(({ name }) => name);
      if (names.length > 0) for (const link of this.#links.values()) link.changed(names);
    });
  }

  /** Whether clients can find this broker: some name server knows it, or none is configured. */
  get isKnown(): boolean {
    return this.#hasRegistered || this.#links.size === 0;
  }

  start(): void {
    for (const link of this.#links.values()) link.start();
    this.#watch = this.#parts.runtime.clock.every(WATCH_MS, () => {
      const connected = this.#client.connected;
      for (const [address, link] of this.#links) {
        if (link.isRegistered && !connected.includes(address)) link.refresh();
      }
    });
  }

  /** There are other name servers now: those that are new are told, those that are gone left. */
  follow(addresses: readonly Address[]): void {
    const wanted = new Set(addresses.map(formatAddress));
    for (const [key, link] of this.#links) {
      if (wanted.has(key)) continue;
      link.stop();
      this.#links.delete(key);
      void this.#leave(link);
    }
    for (const address of addresses) {
      if (!this.#links.has(formatAddress(address))) this.#add(address).start();
    }
  }

  /** What the broker may do has changed for all topics. */
  refresh(): void {
    for (const link of this.#links.values()) link.refresh();
  }

  async stop(): Promise<void> {
    this.#watch?.cancel();
    const links = [...this.#links.values()];
    for (const link of links) link.stop();
    await Promise.all(links.map((link) => this.#leave(link)));
    await this.#client.close();
  }

  #add(address: Address): NameServerLink {
    const { runtime, config } = this.#parts;
    const link = new NameServerLink(address, {
      ...runtime,
      periodMs: config.registerNameServerPeriod,
      register: (to, changed) => this.#register(to, changed),
      onRegistered: () => {
        this.#hasRegistered = true;
      },
    });
    this.#links.set(formatAddress(address), link);
    return link;
  }

  /** Who cannot be told finds out when the broker stays silent. */
  async #leave({ address, isRegistered }: NameServerLink): Promise<void> {
    if (isRegistered) await Promise.allSettled([this.#unregister(address)]);
    this.#client.disconnect(address);
  }

  async #register(nameServer: Address, changed: ReadonlySet<string> | 'all'): Promise<void> {
    const { address, config } = this.#parts;
    const body = registration.encode(this.#announced(changed), 'standard');
    const reply = await this.#client.request(nameServer, nameServerRequests.REGISTER_BROKER, {
      header: {
        ...this.#identity(),
        haServerAddr: formatAddress({ host: address.host, port: address.port + 1 }),
        compressed: false,
        bodyCrc32: crc32(body, 0, body.length),
      },
      body,
      timeoutMs: config.registerBrokerTimeoutMills,
    });
    if (reply.body.length > 0) this.#markOrdered(kvTable.decode(reply.body).table.keys());
  }

  async #unregister(nameServer: Address): Promise<void> {
    await this.#client.request(nameServer, nameServerRequests.UNREGISTER_BROKER, {
      header: this.#identity(),
      timeoutMs: UNREGISTER_TIMEOUT_MS,
    });
  }

  #identity() {
    const { address, config } = this.#parts;
    return {
      brokerName: config.brokerName,
      brokerAddr: formatAddress(address),
      clusterName: config.brokerClusterName,
      brokerId: config.brokerId,
    };
  }

  #announced(changed: ReadonlySet<string> | 'all'): Announced {
    const { config, topics } = this.#parts;
    const { dataVersion, topicConfigTable } = topics.toBody();
    const announced = [...topicConfigTable]
      .filter(([name]) => changed === 'all' || changed.has(name))
      .map(([name, topic]) => [name, limited(topic, config.brokerPermission)] as const);
    return {
      filterServerList: [],
      topicConfigSerializeWrapper: {
        dataVersion,
        mappingDataVersion: noVersion,
        topicConfigTable: new Map(announced),
        topicQueueMappingDetailMap: new Map(),
        topicQueueMappingInfoMap: new Map(),
      },
    };
  }

  /** Name servers keep the list of topics whose order matters; it is an operator's, not ours. */
  #markOrdered(names: Iterable<string>): void {
    const { topics } = this.#parts;
    const ordered = [...names].flatMap((name) => topics.find(name)?.config ?? []);
    topics.putAll(
      ordered.map((config) => ({ ...config, order: true })),
      'soon',
    );
  }
}

/** A broker that is to be drained announces topics without the bits it has lost. */
function limited(topic: TopicConfig, brokerPermission: number): TopicConfig {
  const isFree = (brokerPermission & READ_WRITE) === READ_WRITE;
  return { ...topic, perm: isFree ? topic.perm : topic.perm & brokerPermission };
}
