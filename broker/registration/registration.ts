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
  readonly #links: readonly NameServerLink[];
  #watch: Timer | undefined;
  #everRegistered = false;

  constructor(parts: RegistrationParts) {
    const { runtime, config, topics } = parts;
    this.#parts = parts;
    this.#client = new RemotingClient(runtime);
    this.#links = config.namesrvAddr.map(
      (address) =>
        new NameServerLink(address, {
          ...runtime,
          periodMs: config.registerNameServerPeriod,
          register: (to, changed) => this.#register(to, changed),
          onRegistered: () => {
            this.#everRegistered = true;
          },
        }),
    );
    topics.listen((changed) => {
      const names = changed.map(({ name }) => name);
      if (names.length > 0) for (const link of this.#links) link.changed(names);
    });
  }

  /** Whether clients can find this broker: some name server knows it, or none is configured. */
  get isKnown(): boolean {
    return this.#everRegistered || this.#links.length === 0;
  }

  start(): void {
    for (const link of this.#links) link.start();
    if (this.#links.length === 0) return;
    this.#watch = this.#parts.runtime.clock.every(WATCH_MS, () => {
      const connected = this.#client.connected;
      for (const link of this.#links) {
        const isCutOff = !connected.includes(formatAddress(link.address));
        if (link.isRegistered && isCutOff) link.refresh();
      }
    });
  }

  /** What the broker may do has changed for all topics. */
  refresh(): void {
    for (const link of this.#links) link.refresh();
  }

  async stop(): Promise<void> {
    this.#watch?.cancel();
    for (const link of this.#links) link.stop();
    const known = this.#links.filter(({ isRegistered }) => isRegistered);
    await Promise.allSettled(known.map(({ address }) => this.#unregister(address)));
    await this.#client.close();
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
