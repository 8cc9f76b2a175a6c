/**
 * How far each group has consumed each queue: the next offset it wants, per topic and queue.
 *
 * Kept in `consumerOffset.json` in RocketMQ's form and saved every few seconds: after a crash a
 * group starts again a little earlier and sees some messages twice, never misses one. What a pull
 * reached and what an operator reset are in memory only.
 */
import type { ConsumerOffsetTable, DataVersion } from '../../protocol/bodies/mod.ts';
import { nextVersion, noVersion } from '../metadata/data-version.ts';
import type { Urgency } from '../metadata/metadata.ts';

type Queues = Map<number, number>;

/** The version in the file moves once in this many commits (`consumerOffsetUpdateVersionStep`). */
const COMMITS_PER_VERSION = 500;

export class ConsumerOffsets {
  readonly #committed = new Map<string, Queues>();
  /** How far pulls got, ahead of what is committed: shown to operators as in flight. */
  readonly #pulled = new Map<string, Queues>();
  /** Offsets an operator set and the group's next pull of the queue has not yet picked up. */
  readonly #resets = new Map<string, Queues>();
  readonly #wallMs: () => number;
  #version: DataVersion = noVersion;
  #commitsSinceVersion = 0;
  /** Set when `consumerOffset.json` is older than this. */
  unsaved: Urgency | undefined = undefined;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  get version(): DataVersion {
    return this.#version;
  }

  commit(topic: string, group: string, queueId: number, offset: number): void {
    put(this.#committed, keyOf(topic, group), queueId, offset);
    this.unsaved = 'soon';
    this.#commitsSinceVersion++;
    if (this.#commitsSinceVersion >= COMMITS_PER_VERSION) this.#nextVersion();
  }

  find(topic: string, group: string, queueId: number): number | undefined {
    return this.#committed.get(keyOf(topic, group))?.get(queueId);
  }

  /** Every queue of a topic that the group has committed. */
  queues(topic: string, group: string): ReadonlyMap<number, number> {
    return this.#committed.get(keyOf(topic, group)) ?? new Map<number, number>();
  }

  notePulled(topic: string, group: string, queueId: number, offset: number): void {
    put(this.#pulled, keyOf(topic, group), queueId, offset);
  }

  /** The furthest a group got by pulling or committing. */
  findPulled(topic: string, group: string, queueId: number): number | undefined {
    const pulled = this.#pulled.get(keyOf(topic, group))?.get(queueId);
    const committed = this.find(topic, group, queueId);
    return pulled === undefined ? committed : Math.max(pulled, committed ?? 0);
  }

  /** Moves a group at an operator's wish; what its members commit is ignored until they know. */
  reset(topic: string, group: string, queueId: number, offset: number): void {
    this.commit(topic, group, queueId, offset);
    put(this.#resets, keyOf(topic, group), queueId, offset);
  }

  findReset(topic: string, group: string, queueId: number): number | undefined {
    return this.#resets.size === 0
      ? undefined
      : this.#resets.get(keyOf(topic, group))?.get(queueId);
  }

  /** The pending reset, now told to the group. */
  takeReset(topic: string, group: string, queueId: number): number | undefined {
    const offset = this.findReset(topic, group, queueId);
    if (offset === undefined) return undefined;
    const queues = this.#resets.get(keyOf(topic, group));
    queues?.delete(queueId);
    if (queues?.size === 0) this.#resets.delete(keyOf(topic, group));
    return offset;
  }

  /** Topics of which the group has offsets. */
  topicsOf(group: string): string[] {
    return this.#halves((_topic, owner) => owner === group).map(([topic]) => topic);
  }

  groupsOf(topic: string): string[] {
    return this.#halves((name) => name === topic).map(([, group]) => group);
  }

  copy(topic: string, from: string, to: string): void {
    for (const [queueId, offset] of this.queues(topic, from)) {
      this.commit(topic, to, queueId, offset);
    }
  }

  forgetTopic(topic: string): void {
    for (const key of this.#keys((name) => name === topic)) {
      this.#committed.delete(key);
      this.#forgetRest(key);
    }
    this.unsaved = 'soon';
  }

  forgetGroup(group: string): void {
    for (const key of this.#keys((_topic, owner) => owner === group)) {
      this.#committed.delete(key);
      this.#forgetRest(key);
    }
    this.unsaved = 'soon';
  }

  /** The group is gone, and what it committed stays for when it comes back. */
  forgetPulls(group: string): void {
    for (const key of this.#keys((_topic, owner) => owner === group)) this.#forgetRest(key);
  }

  /** The content of `consumerOffset.json`, and what replicas are told. */
  toBody(): ConsumerOffsetTable {
    return { dataVersion: this.#version, offsetTable: this.#committed };
  }

  /** Takes over the content of `consumerOffset.json`. */
  load({ dataVersion, offsetTable }: ConsumerOffsetTable): void {
    this.#version = dataVersion;
    for (const [key, queues] of offsetTable) this.#committed.set(key, new Map(queues));
  }

  #forgetRest(key: string): void {
    this.#pulled.delete(key);
    this.#resets.delete(key);
  }

  /** Of all that is kept, be it committed, pulled or reset. */
  #keys(wanted: (topic: string, group: string) => boolean): string[] {
    const keys = new Set([
      ...this.#committed.keys(),
      ...this.#pulled.keys(),
      ...this.#resets.keys(),
    ]);
    return [...keys].filter((key) => wanted(...halvesOf(key)));
  }

  #halves(wanted: (topic: string, group: string) => boolean): [string, string][] {
    return [...this.#committed.keys()]
      .map(halvesOf)
      .filter(([topic, group]) => wanted(topic, group));
  }

  #nextVersion(): void {
    this.#commitsSinceVersion = 0;
    this.#version = nextVersion(this.#version, this.#wallMs());
  }
}

function keyOf(topic: string, group: string): string {
  return `${topic}@${group}`;
}

function halvesOf(key: string): [topic: string, group: string] {
  return [key.slice(0, key.indexOf('@')), key.slice(key.indexOf('@') + 1)];
}

function put(table: Map<string, Queues>, key: string, queueId: number, offset: number): void {
  const queues = table.get(key);
  if (queues === undefined) table.set(key, new Map([[queueId, offset]]));
  else queues.set(queueId, offset);
}
