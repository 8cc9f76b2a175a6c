/**
 * The topics of this broker, by name and by the bytes of the name, kept in `topics.json`.
 *
 * Invariant: every change moves the version and reaches the listeners (name servers are told) and,
 * before the client that asked for it is answered, the disk.
 */
import type { DataVersion, TopicConfig, TopicConfigTable } from '../../protocol/bodies/mod.ts';
import { assert } from '../../runtime/mod.ts';
import { nextVersion, noVersion } from '../metadata/data-version.ts';
import type { Urgency } from '../metadata/metadata.ts';
import { hashBytes, type StoredTopics, Topic } from './topic.ts';
import { isSameConfig } from './topic-config.ts';

/** Told of topics that are new or different, and of those that are gone. */
export type TopicListener = (changed: readonly Topic[], removed: readonly Topic[]) => void;

export class Topics {
  readonly #wallMs: () => number;
  readonly #store: StoredTopics;
  readonly #byName = new Map<string, Topic>();
  readonly #listeners: TopicListener[] = [];
  /** Open addressing by `hash`; a power of two, at most half full. */
  #table: (Topic | undefined)[] = emptyTable(256);
  #version: DataVersion = noVersion;
  /** Made by somebody who waits for them to be on disk. */
  readonly #fresh = new Set<Topic>();
  /** Set when `topics.json` is older than this. */
  unsaved: Urgency | undefined = undefined;

  constructor(wallMs: () => number, store: StoredTopics) {
    this.#wallMs = wallMs;
    this.#store = store;
  }

  get version(): DataVersion {
    return this.#version;
  }

  get size(): number {
    return this.#byName.size;
  }

  all(): Iterable<Topic> {
    return this.#byName.values();
  }

  find(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  /** The topic whose name is `buffer[start, end)`. On the send path: no string is made. */
  findBytes(buffer: Buffer, start: number, end: number): Topic | undefined {
    const table = this.#table;
    const mask = table.length - 1;
    const hash = hashBytes(buffer, start, end);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const topic = table[slot];
      if (topic === undefined) return undefined;
      if (topic.hash === hash && isSame(topic.bytes, buffer, start, end)) return topic;
    }
  }

  listen(listener: TopicListener): void {
    this.#listeners.push(listener);
  }

  /** Creates the topic or changes it; false when it already was like that. */
  put(config: TopicConfig, urgency: Urgency = 'now'): boolean {
    return this.putAll([config], urgency) > 0;
  }

  /** As `put` for several at once; returns how many are new or different. */
  putAll(configs: readonly TopicConfig[], urgency: Urgency = 'now'): number {
    const changed: Topic[] = [];
    for (const config of configs) {
      const topic = this.#byName.get(config.topicName);
      if (topic !== undefined && isSameConfig(topic.config, config)) continue;
      changed.push(topic ?? this.#addFresh(config, urgency));
      topic?.update(config);
    }
    if (changed.length > 0) this.#moved(changed, [], urgency);
    return changed.length;
  }

  /** A topic that is not there yet. */
  create(config: TopicConfig, urgency: Urgency = 'now'): Topic {
    this.put(config, urgency);
    const topic = this.find(config.topicName);
    assert(topic !== undefined, 'a topic that was just put');
    return topic;
  }

  remove(name: string): boolean {
    const topic = this.#byName.get(name);
    if (topic === undefined) return false;
    this.#byName.delete(name);
    this.#fresh.delete(topic);
    this.#rebuild(this.#table.length);
    this.#moved([], [topic], 'now');
    return true;
  }

  /** What every topic may do has changed with the broker's own permission. */
  bumpVersion(urgency: Urgency = 'now'): void {
    this.#version = nextVersion(this.#version, this.#wallMs());
    if (this.unsaved !== 'now') this.unsaved = urgency;
  }

  /** `topics.json` is on disk as this is. */
  onDurable(): void {
    for (const topic of this.#fresh) topic.isSaved = true;
    this.#fresh.clear();
  }

  /** Takes over the content of `topics.json`, without telling anybody. */
  load({ dataVersion, topicConfigTable }: TopicConfigTable): void {
    this.#version = dataVersion;
    for (const [topicName, entry] of topicConfigTable) {
      const config = { ...entry, topicName };
      const topic = this.#byName.get(topicName);
      if (topic === undefined) this.#add(config);
      else topic.update(config);
    }
  }

  /** The content of `topics.json`. */
  toBody(): TopicConfigTable {
    const configs = [...this.#byName.values()].map(({ name, config }) => [name, config] as const);
    return { dataVersion: this.#version, topicConfigTable: new Map(configs) };
  }

  #addFresh(config: TopicConfig, urgency: Urgency): Topic {
    const topic = this.#add(config);
    if (urgency === 'soon') return topic;
    topic.isSaved = false;
    this.#fresh.add(topic);
    return topic;
  }

  #add(config: TopicConfig): Topic {
    const topic = new Topic(config, this.#store);
    this.#byName.set(topic.name, topic);
    if (2 * this.#byName.size > this.#table.length) this.#rebuild(2 * this.#table.length);
    else this.#insert(topic);
    return topic;
  }

  #insert(topic: Topic): void {
    const mask = this.#table.length - 1;
    let slot = topic.hash & mask;
    while (this.#table[slot] !== undefined) slot = (slot + 1) & mask;
    this.#table[slot] = topic;
  }

  #rebuild(slots: number): void {
    assert(2 * this.#byName.size <= slots, 'a table of topics that is at most half full');
    this.#table = emptyTable(slots);
    for (const topic of this.#byName.values()) this.#insert(topic);
  }

  #moved(changed: readonly Topic[], removed: readonly Topic[], urgency: Urgency): void {
    this.bumpVersion(urgency);
    for (const listener of this.#listeners) listener(changed, removed);
  }
}

function emptyTable(slots: number): (Topic | undefined)[] {
  return Array.from({ length: slots }, () => undefined);
}

function isSame(name: Buffer, buffer: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) if (name[at] !== buffer[start + at]) return false;
  return true;
}
