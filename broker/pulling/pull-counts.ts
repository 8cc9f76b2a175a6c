/** What was delivered, counted per topic and group: read by metrics and operators. */
import type { QueueRead } from '../../store/mod.ts';

/** Topics and groups come from clients: beyond this, what is new is not told apart any more. */
const PAIRS_MAX = 100_000;

export interface Delivered {
  readonly topic: string;
  readonly group: string;
  messages: number;
  bytes: number;
}

export class PullCounts {
  messages = 0;
  bytes = 0;
  /** Pulls that brought messages, and those that brought none. */
  found = 0;
  missed = 0;
  readonly #pairs = new Map<string, Map<string, Delivered>>();
  #pairCount = 0;

  pulled(
    topic: string,
    group: string,
    { messages, bytes }: Pick<QueueRead, 'messages' | 'bytes'>,
  ): void {
    if (messages === 0) {
      this.missed++;
      return;
    }
    this.found++;
    this.messages += messages;
    this.bytes += bytes;
    const pair = this.#pairs.get(topic)?.get(group) ?? this.#add(topic, group);
    if (pair === undefined) return;
    pair.messages += messages;
    pair.bytes += bytes;
  }

  *all(): Generator<Delivered> {
    for (const groups of this.#pairs.values()) yield* groups.values();
  }

  find(topic: string, group: string): Delivered | undefined {
    return this.#pairs.get(topic)?.get(group);
  }

  forgetTopic(topic: string): void {
    this.#pairCount -= this.#pairs.get(topic)?.size ?? 0;
    this.#pairs.delete(topic);
  }

  forgetGroup(group: string): void {
    for (const groups of this.#pairs.values()) if (groups.delete(group)) this.#pairCount--;
  }

  #add(topic: string, group: string): Delivered | undefined {
    if (this.#pairCount >= PAIRS_MAX) return undefined;
    this.#pairCount++;
    const groups = this.#pairs.get(topic) ?? new Map<string, Delivered>();
    const pair: Delivered = { topic, group, messages: 0, bytes: 0 };
    groups.set(group, pair);
    this.#pairs.set(topic, groups);
    return pair;
  }
}
