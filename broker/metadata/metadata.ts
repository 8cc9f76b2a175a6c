/**
 * Topics, groups and offsets on disk, in the `config` folder of the store.
 *
 * What an operator changes, and topics that messages are sent to, are on disk before the answer; all
 * changes of a turn in one go. What every heartbeat would bring into being again is written in the
 * same turn and synced in the background. Offsets are saved every few seconds and at the stop. What
 * could not be saved stays unsaved and is tried again.
 */

import {
  type ConsumerOffsetTable,
  consumerOffsetTable,
  type SubscriptionGroupTable,
  subscriptionGroupTable,
  type TopicConfigTable,
  topicConfigTable,
} from '../../protocol/bodies/mod.ts';
import { DiskError, type Runtime, type Timer } from '../../runtime/mod.ts';
import { MetadataFile } from './metadata-file.ts';

/** How soon a change must be durable: before the answer, or when the disk comes to it. */
export type Urgency = 'now' | 'soon';

/** A table that knows whether its file is older than it is. */
export interface Saved<T> {
  unsaved: Urgency | undefined;
  load(content: T): void;
  toBody(): T;
}

export interface MetadataTables {
  readonly topics: Saved<TopicConfigTable>;
  readonly groups: Saved<SubscriptionGroupTable>;
  readonly offsets: Saved<ConsumerOffsetTable>;
}

export class Metadata {
  readonly #runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly #tables: MetadataTables;
  readonly #topics: MetadataFile<TopicConfigTable>;
  readonly #groups: MetadataFile<SubscriptionGroupTable>;
  readonly #offsets: MetadataFile<ConsumerOffsetTable>;
  #timer: Timer | undefined;

  constructor(runtime: Runtime, folder: string, tables: MetadataTables) {
    this.#runtime = runtime;
    this.#tables = tables;
    this.#topics = new MetadataFile(runtime, `${folder}/topics.json`, topicConfigTable);
    this.#groups = new MetadataFile(
      runtime,
      `${folder}/subscriptionGroup.json`,
      subscriptionGroupTable,
    );
    this.#offsets = new MetadataFile(runtime, `${folder}/consumerOffset.json`, consumerOffsetTable);
  }

  /** Takes over what was saved. */
  load(): void {
    const { topics, groups, offsets } = this.#tables;
    load(topics, this.#topics);
    load(groups, this.#groups);
    load(offsets, this.#offsets);
  }

  /** Saves offsets from now on, every `periodMs`. */
  start(periodMs: number): void {
    this.#timer = this.#runtime.clock.every(periodMs, () => {
      this.settle();
      const { offsets } = this.#tables;
      if (offsets.unsaved !== undefined) this.#save(offsets, this.#offsets);
    });
  }

  /** Saves what changed of topics and groups; cheap when nothing did. */
  settle(): void {
    const { topics, groups } = this.#tables;
    if (topics.unsaved !== undefined) this.#save(topics, this.#topics);
    if (groups.unsaved !== undefined) this.#save(groups, this.#groups);
  }

  /** Saves everything. */
  stop(): void {
    this.#timer?.cancel();
    const { topics, groups, offsets } = this.#tables;
    for (const table of [topics, groups, offsets]) {
      if (table.unsaved === 'soon') table.unsaved = 'now';
    }
    this.settle();
    if (offsets.unsaved !== undefined) this.#save(offsets, this.#offsets);
  }

  #save<T>(table: Saved<T>, file: MetadataFile<T>): void {
    try {
      if (table.unsaved === 'now') file.save(table.toBody());
      else if (!file.saveLater(table.toBody())) return;
      table.unsaved = undefined;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const facts = { file: file.path, error };
      this.#runtime.log.error('Could not save metadata; trying again', facts);
    }
  }
}

function load<T>(table: Saved<T>, file: MetadataFile<T>): void {
  const content = file.load();
  if (content !== undefined) table.load(content);
}
