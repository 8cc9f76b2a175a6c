/**
 * Topics, groups and offsets on disk, in the `config` folder of the store.
 *
 * What an operator changes, and topics that messages are sent to, are on disk before the answer; all
 * changes of a turn in one go. What every heartbeat would bring into being again is written in the
 * same turn and synced in the background. Offsets are saved every few seconds and at the stop.
 *
 * What could not be saved stays unsaved and is tried again, when the next change comes and every
 * second; who waits for it in `saved` hears of the failure, so that it is not answered as done.
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

const RETRY_MS = 1000;

/** A table that knows whether its file is older than it is. */
export interface Saved<T> {
  unsaved: Urgency | undefined;
  /** What is urgent is on disk now. */
  onDurable?(): void;
  load(content: T): void;
  toBody(): T;
}

/** Waits until what it changed is on disk. */
export type SavedTables = Pick<Metadata, 'saved'>;

export interface MetadataTables {
  readonly topics: Saved<TopicConfigTable>;
  readonly groups: Saved<SubscriptionGroupTable>;
  readonly offsets: Saved<ConsumerOffsetTable>;
}

export interface MetadataParts {
  readonly runtime: Runtime;
  readonly folder: string;
  /** Asks for the end of this turn, where `settle` is called. */
  readonly schedule: () => void;
}

export class Metadata {
  readonly #runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly #tables: MetadataTables;
  readonly #topics: MetadataFile<TopicConfigTable>;
  readonly #groups: MetadataFile<SubscriptionGroupTable>;
  readonly #offsets: MetadataFile<ConsumerOffsetTable>;
  readonly #schedule: () => void;
  #timer: Timer | undefined;
  /** Runs when the last save failed. */
  #retry: Timer | undefined;
  #isStopped = false;
  #waiting: PromiseWithResolvers<void>[] = [];

  constructor(parts: MetadataParts, tables: MetadataTables) {
    const { runtime, folder } = parts;
    this.#runtime = runtime;
    this.#schedule = parts.schedule;
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

  /**
   * Resolves when topics and groups, as they are now, are as durable as they must be; rejects with a
   * `DiskError` when they cannot be saved.
   */
  saved(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#schedule();
    return waiting.promise;
  }

  /** Saves what changed of topics and groups, once a turn; cheap when nothing did. */
  settle(): void {
    const { topics, groups } = this.#tables;
    if (topics.unsaved === undefined && groups.unsaved === undefined) {
      if (this.#waiting.length > 0) this.#tell(undefined);
      return;
    }
    // The disk said no a moment ago: without a new reason it is not asked in every turn.
    if (this.#retry !== undefined && this.#waiting.length === 0) return;
    this.#saveBoth();
  }

  #saveBoth(): void {
    const { topics, groups } = this.#tables;
    const failed = [
      topics.unsaved && this.#save(topics, this.#topics),
      groups.unsaved && this.#save(groups, this.#groups),
    ].find((error) => error !== undefined);
    this.#tell(failed);
    this.#retry?.cancel();
    this.#retry = failed && this.#runtime.clock.after(RETRY_MS, () => this.#tryAgain());
  }

  #tryAgain(): void {
    this.#retry = undefined;
    this.#schedule();
  }

  #tell(failed: DiskError | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      if (failed === undefined) resolve();
      else reject(failed);
    }
  }

  /** Saves everything. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#retry?.cancel();
    const { topics, groups, offsets } = this.#tables;
    for (const table of [topics, groups, offsets]) {
      if (table.unsaved === 'soon') table.unsaved = 'now';
    }
    this.#saveBoth();
    this.#retry?.cancel();
    if (offsets.unsaved !== undefined) this.#save(offsets, this.#offsets);
  }

  /** Why it could not be saved. */
  #save<T>(table: Saved<T>, file: MetadataFile<T>): DiskError | undefined {
    const isUrgent = table.unsaved === 'now';
    const failedLater = (): void => {
      if (this.#isStopped) return;
      table.unsaved ??= 'soon';
      this.#retry ??= this.#runtime.clock.after(RETRY_MS, () => this.#tryAgain());
    };
    try {
      if (isUrgent) file.save(table.toBody());
      else if (!file.saveLater(table.toBody(), failedLater)) return undefined;
      table.unsaved = undefined;
      if (isUrgent) table.onDurable?.();
      return undefined;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const facts = { file: file.path, error };
      this.#runtime.log.error('Could not save metadata; trying again', facts);
      return error;
    }
  }
}

function load<T>(table: Saved<T>, file: MetadataFile<T>): void {
  const content = file.load();
  if (content !== undefined) table.load(content);
}
