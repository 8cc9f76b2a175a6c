/**
 * A store on a simulated machine, driven by a test: opened, filled, killed, opened again. What it
 * holds is told as text, so that tests compare lines.
 */
import { type DecodedRecord, decodeRecord, decodeRecords } from '../../protocol/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import { type DiskFaults, type Host, Simulation } from '../../simulation/mod.ts';
import {
  Append,
  Appended,
  defaultStoreOptions,
  MessageStore,
  QueueQuery,
  QueueRead,
  type StoreOptions,
} from '../../store/mod.ts';

export const FOLDER = '/data/store';

export interface Message {
  readonly topic?: string;
  readonly queueId?: number;
  readonly body?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly sysFlag?: number;
}

export class DrivenStore {
  readonly simulation: Simulation;
  readonly host: Host;
  readonly options: StoreOptions;
  readonly input: Append = new Append();
  readonly output: Appended = new Appended();
  #runtime: Runtime | undefined;
  #store: MessageStore | undefined;

  /** Small files, so that they roll. */
  constructor(options: Partial<StoreOptions> = {}, disk: Partial<DiskFaults> = {}, seed = 1) {
    this.simulation = new Simulation(seed);
    this.host = this.simulation.host('store', { disk });
    this.options = {
      ...defaultStoreOptions,
      folder: FOLDER,
      storeHost: { address: Buffer.from([10, 0, 0, 5]), port: 10_911 },
      commitLogFileBytes: 8192,
      consumeQueueFileBytes: 200,
      indexSlots: 10,
      indexEntries: 40,
      ...options,
    };
  }

  get store(): MessageStore {
    if (this.#store === undefined) throw new Error('Open the store first');
    return this.#store;
  }

  /** The world as the process sees it that the store runs in, or would run in. */
  get runtime(): Runtime {
    this.#runtime ??= this.host.boot();
    return this.#runtime;
  }

  async open(options: Partial<StoreOptions> = {}): Promise<MessageStore> {
    const opening = MessageStore.open(this.runtime, { ...this.options, ...options });
    this.#store = await this.simulation.settle(opening);
    return this.#store;
  }

  /** Stops as a process should, and opens again. */
  async reopen(): Promise<MessageStore> {
    await this.close();
    return this.open();
  }

  async close(): Promise<void> {
    await this.simulation.settle(this.store.close());
    this.#forget();
  }

  /** kill -9. */
  kill(): void {
    this.host.kill();
    this.#forget();
  }

  /** The power goes. */
  crash(): void {
    this.host.crash();
    this.#forget();
  }

  /** Lets time pass. */
  async pass(durationMs: number): Promise<void> {
    await this.simulation.run(durationMs);
  }

  append(message: Message = {}): Appended {
    const { input, output, store } = this;
    const { body = 'body', properties = {}, queueId = 0, sysFlag = 0, topic = 'orders' } = message;
    input.topic = store.topic(topic);
    input.queueId = queueId;
    input.sysFlag = sysFlag;
    input.bornTimestamp = this.runtime.clock.wallMs();
    input.body = Buffer.from(body);
    input.bodyEnd = input.body.length;
    const pairs = Object.entries(properties).map(([name, value]) => `${name}\u0001${value}\u0002`);
    input.properties = Buffer.from(pairs.join(''));
    input.propertiesEnd = input.properties.length;
    store.append(input, output);
    return output;
  }

  /** Appends and commits; without arguments one message. */
  put(...messages: Message[]): void {
    for (const message of messages.length === 0 ? [{}] : messages) this.append(message);
    this.store.commit();
  }

  /** One turn: what is appended in it, maybe nothing, is committed at its end. */
  turn(messages: readonly Message[]): void {
    for (const message of messages) this.append(message);
    this.store.commit();
  }

  /** All that consumers can see, a line a message, queue by queue. */
  served(): string[] {
    const lines: string[] = [];
    for (const topic of [...this.store.topicNames].sort()) {
      for (const { queueId } of this.store.queuesOf(topic)) {
        lines.push(...this.servedOf(topic, queueId).map(lineOf));
      }
    }
    return lines;
  }

  servedOf(topic: string, queueId: number): DecodedRecord[] {
    const [query, read] = [new QueueQuery(), new QueueRead()];
    query.queue = this.store.topic(topic).queue(queueId);
    query.offset = query.queue.minOffset;
    const records: DecodedRecord[] = [];
    for (;;) {
      this.store.read(query, read);
      if (read.status !== 'FOUND') return records;
      const lent = this.store.lend(read);
      records.push(...decodeRecords(Buffer.concat(lent.buffers)));
      lent.giveBack();
      query.offset = read.nextOffset;
    }
  }

  /** Log offsets by key, whenever stored. */
  byKey(topic: string, key: string): number[] {
    return this.store.findByKey({
      topic,
      key,
      hitsMax: 64,
      beginMs: 0,
      endMs: Number.MAX_SAFE_INTEGER,
    });
  }

  bodyAt(logOffset: number): string | undefined {
    const record = this.store.findRecord(logOffset);
    return record && decodeRecord(record).body.toString();
  }

  /** Contents of the files below a folder of the store, by path. */
  files(folder: string): Map<string, Buffer> {
    const { disk } = this.runtime;
    const found = new Map<string, Buffer>();
    for (const { name, kind } of disk.list(`${FOLDER}/${folder}`)) {
      const path = `${folder}/${name}`;
      if (kind === 'folder') for (const [below, bytes] of this.files(path)) found.set(below, bytes);
      else found.set(path, this.#read(path));
    }
    return found;
  }

  /** Changes bytes of a file, or makes it. */
  write(path: string, bytes: Buffer, position = 0): void {
    const file = this.runtime.disk.open(`${FOLDER}/${path}`, 'create');
    file.write(bytes, position);
    file.close();
  }

  async remove(path: string): Promise<void> {
    await this.simulation.settle(this.runtime.disk.remove(`${FOLDER}/${path}`));
  }

  #read(path: string): Buffer {
    const file = this.runtime.disk.open(`${FOLDER}/${path}`, 'existing');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0);
    file.close();
    return bytes;
  }

  #forget(): void {
    this.#store = undefined;
    this.#runtime = undefined;
  }
}

function lineOf({ topic, queueId, queueOffset, body, properties }: DecodedRecord): string {
  const shown = properties.toString().replaceAll('\u0001', '=').replaceAll('\u0002', ' ');
  return `${topic}/${queueId}/${queueOffset} ${body.toString()} ${shown}`.trimEnd();
}
