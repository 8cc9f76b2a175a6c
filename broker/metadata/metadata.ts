/**
 * Topics, groups and offsets on disk, in the `config` folder of the store.
 *
 * What an operator changes is on disk before he is answered; all changes of a turn in one go. What
 * came into being by being used is written in the same turn and synced in the background: it
 * survives the process, and comes into being again after a power cut. Offsets are saved every few
 * seconds and at the stop. What could not be saved stays unsaved and is tried again.
 */
import { DiskError, type Runtime, type Timer } from '../../runtime/mod.ts';
import { MetadataFile } from './metadata-file.ts';

/** How soon a change must be durable: before the answer, or when the disk comes to it. */
export type Urgency = 'now' | 'soon';

/** A table that knows whether its file is older than it is. */
export interface Saved {
  unsaved: Urgency | undefined;
  load(content: unknown): void;
  toJson(): object;
}

export interface MetadataTables {
  readonly topics: Saved;
  readonly groups: Saved;
  readonly offsets: Saved;
}

export class Metadata {
  readonly #runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly #tables: MetadataTables;
  readonly #topics: MetadataFile;
  readonly #groups: MetadataFile;
  readonly #offsets: MetadataFile;
  #timer: Timer | undefined;

  constructor(runtime: Runtime, folder: string, tables: MetadataTables) {
    this.#runtime = runtime;
    this.#tables = tables;
    this.#topics = new MetadataFile(runtime, `${folder}/topics.json`);
    this.#groups = new MetadataFile(runtime, `${folder}/subscriptionGroup.json`);
    this.#offsets = new MetadataFile(runtime, `${folder}/consumerOffset.json`);
  }

  /** Takes over what was saved. */
  load(): void {
    const { topics, groups, offsets } = this.#tables;
    topics.load(this.#topics.load());
    groups.load(this.#groups.load());
    offsets.load(this.#offsets.load());
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

  #save(table: Saved, file: MetadataFile): void {
    try {
      if (table.unsaved === 'now') file.save(table.toJson());
      else if (!file.saveLater(table.toJson())) return;
      table.unsaved = undefined;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const facts = { file: file.path, error };
      this.#runtime.log.error('Could not save metadata; trying again', facts);
    }
  }
}
