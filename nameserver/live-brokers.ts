/**
 * Brokers that gave a sign of life, by cluster and address: when, what version of their topics they
 * told, and what they came by.
 */
import type { DataVersion } from '../protocol/bodies/mod.ts';

export interface LiveBroker {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerAddr: string;
  readonly dataVersion: DataVersion;
  readonly haServerAddr: string;
  readonly filterServers: readonly string[];
  /** What it registered through: closing it takes the broker out at once. */
  readonly channel: object | undefined;
  readonly timeoutMs: number;
  lastSeenMs: number;
}

export class LiveBrokers {
  readonly #brokers = new Map<string, LiveBroker>();

  get size(): number {
    return this.#brokers.size;
  }

  put(broker: LiveBroker): void {
    this.#brokers.set(keyOf(broker.cluster, broker.brokerAddr), broker);
  }

  find(cluster: string, brokerAddr: string): LiveBroker | undefined {
    return this.#brokers.get(keyOf(cluster, brokerAddr));
  }

  remove(cluster: string, brokerAddr: string): void {
    this.#brokers.delete(keyOf(cluster, brokerAddr));
  }

  /** A sign of life; nothing happens for a broker that is not here. */
  touch(cluster: string, brokerAddr: string, nowMs: number): void {
    const broker = this.find(cluster, brokerAddr);
    if (broker !== undefined) broker.lastSeenMs = nowMs;
  }

  expired(nowMs: number): LiveBroker[] {
    return [...this].filter(({ lastSeenMs, timeoutMs }) => lastSeenMs + timeoutMs < nowMs);
  }

  of(channel: object): LiveBroker[] {
    return [...this].filter((broker) => broker.channel === channel);
  }

  [Symbol.iterator](): IterableIterator<LiveBroker> {
    return this.#brokers.values();
  }
}

/** Unambiguous whatever a name contains. */
function keyOf(cluster: string, brokerAddr: string): string {
  return `${cluster.length} ${cluster} ${brokerAddr}`;
}
