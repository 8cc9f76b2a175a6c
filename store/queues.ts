/**
 * Topics and their queues: what is on disk, and the objects for what was asked for. Queues are
 * looked up when first asked for, so that a store with thousands of them opens at once.
 */
import type { Disk } from '../runtime/mod.ts';
import { ConsumeQueue } from './consume-queue.ts';
import { QueueFiles } from './queue-files.ts';
import type { QueueMemory } from './queue-memory.ts';
import type { QueueTable } from './queue-table.ts';
import { Segments, type SegmentsDeps } from './segments.ts';
import { StoredTopic } from './stored-topic.ts';

const QUEUE_NAME = /^\d{1,10}$/;

export interface QueuesOptions {
  readonly folder: string;
  readonly fileBytes: number;
}

export class Queues {
  readonly #deps: SegmentsDeps;
  readonly #options: QueuesOptions;
  readonly #memory: QueueMemory;
  readonly #table: QueueTable;
  readonly #topics = new Map<string, StoredTopic>();
  readonly #names: Set<string>;
  /** After a crash, until recovery is over: queues keep what points below it. */
  trustedEnd: number | undefined = undefined;
  /** Where the log begins. */
  logMin = 0;

  constructor(deps: SegmentsDeps, options: QueuesOptions, memory: QueueMemory, table: QueueTable) {
    this.#deps = deps;
    this.#options = options;
    this.#memory = memory;
    this.#table = table;
    this.#names = new Set(foldersIn(deps.files.disk, options.folder));
  }

  /** Names of the topics that have queues, or were asked for. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** How many topics have a folder. */
  countFolders(): number {
    return foldersIn(this.#deps.files.disk, this.#options.folder).length;
  }

  topic(name: string): StoredTopic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = new StoredTopic(name, this.#open);
      this.#topics.set(name, topic);
      this.#names.add(name);
    }
    return topic;
  }

  /** The topic's queues, those on disk and those that were asked for, by queue id. */
  queuesOf(name: string): ConsumeQueue[] {
    const topic = this.topic(name);
    for (const folder of foldersIn(this.#deps.files.disk, `${this.#options.folder}/${name}`)) {
      if (QUEUE_NAME.test(folder)) topic.queue(Number(folder));
    }
    return topic.openQueues().sort((a, b) => a.queueId - b.queueId);
  }

  /** Every queue there is. */
  *all(): Generator<ConsumeQueue> {
    for (const name of this.#names) yield* this.queuesOf(name);
  }

  openAll(): void {
    for (const name of this.#names) this.queuesOf(name);
  }

  /** One queue, when there is any: wrong settings show at the first file that is looked at. */
  first(): ConsumeQueue | undefined {
    for (const name of this.#names) {
      const queue = this.queuesOf(name)[0];
      if (queue !== undefined) return queue;
    }
    return undefined;
  }

  /** Destroys the topic's queues. Its messages stay in the log until they expire. */
  remove(name: string): void {
    const topic = this.#topics.get(name);
    if (topic !== undefined) {
      topic.isRemoved = true;
      for (const queue of topic.openQueues()) {
        queue.remove();
        this.#table.release(queue);
      }
    }
    this.#topics.delete(name);
    this.#names.delete(name);
    const { files, discarded, unsyncedFolders } = this.#deps;
    const folder = `${this.#options.folder}/${name}`;
    if (!files.disk.exists(folder)) return;
    files.closeIn(folder);
    for (const path of this.#memory.unsynced) {
      if (path.startsWith(`${folder}/`)) this.#memory.unsynced.delete(path);
    }
    for (const path of unsyncedFolders) {
      if (path === folder || path.startsWith(`${folder}/`)) unsyncedFolders.delete(path);
    }
    discarded.discard(folder);
    unsyncedFolders.add(this.#options.folder);
  }

  readonly #open = (topic: StoredTopic, queueId: number): ConsumeQueue => {
    const segments = new Segments(
      this.#deps,
      `${this.#options.folder}/${topic.name}/${queueId}`,
      this.#options.fileBytes,
    );
    const files = new QueueFiles(segments, this.#memory);
    return this.#table.add((reference) => {
      const queue = new ConsumeQueue({ topic, queueId, reference }, files, this.#memory);
      if (this.trustedEnd === undefined) queue.load(this.logMin);
      else queue.recover(this.logMin, this.trustedEnd);
      return queue;
    });
  };
}

function foldersIn(disk: Disk, folder: string): string[] {
  return disk
    .list(folder)
    .filter(({ kind }) => kind === 'folder')
    .map(({ name }) => name);
}
