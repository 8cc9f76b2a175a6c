/**
 * Topics, groups and offsets on disk, in the `config` folder of the store.
 *
 * Topics and groups are saved before the client that changed them is answered; all changes of a
 * turn in one go. Offsets are saved every few seconds and at the stop. What could not be saved
 * stays unsaved and is tried again with the offsets.
 */
import { DiskError, type Runtime, type Timer } from '../../runtime/mod.ts';
import { MetadataFile } from './metadata-file.ts';

/** A table that knows whether its file is older than it is. */
export interface Saved {
  unsaved: boolean;
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
      this.#saveOffsets();
    });
  }

  /** Saves what changed of topics and groups; cheap when nothing did. */
  settle(): void {
    const { topics, groups } = this.#tables;
    if (topics.unsaved) this.#save(topics, this.#topics);
    if (groups.unsaved) this.#save(groups, this.#groups);
  }

  /** Saves everything. */
  stop(): void {
    this.#timer?.cancel();
    this.settle();
    const { offsets } = this.#tables;
    if (offsets.unsaved) this.#save(offsets, this.#offsets);
  }

  #save(table: Saved, file: MetadataFile): void {
    table.unsaved = false;
    try {
      file.save(table.toJson());
    } catch (error) {
      table.unsaved = true;
      this.#failed(file, error);
    }
  }

  #saveOffsets(): void {
    const { offsets } = this.#tables;
    if (!offsets.unsaved) return;
    try {
      if (this.#offsets.saveLater(offsets.toJson())) offsets.unsaved = false;
    } catch (error) {
      this.#failed(this.#offsets, error);
    }
  }

  #failed(file: MetadataFile, error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#runtime.log.error('Could not save metadata; trying again', { file: file.path, error });
  }
}
