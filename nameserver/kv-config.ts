/**
 * Values that operators keep under a namespace and a key, in a file with RocketMQ's form:
 * `{"configTable":{"ORDER_TOPIC_CONFIG":{"T":"broker-a:8"}}}`. Rewritten at every change.
 *
 * Invariant: a change is durable before it counts.
 */
import { Failure, type Json, parseLenient, printJson } from '../protocol/mod.ts';
import { type Disk, readText, replaceFile } from '../runtime/mod.ts';

/** Key: a topic whose order matters; value: its brokers and queues. */
export const ORDER_TOPIC_CONFIG = 'ORDER_TOPIC_CONFIG';
/** More keys are refused: the table is written as a whole at every change. */
const ENTRIES_MAX = 100_000;

export class KvConfig {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #table: Map<string, Map<string, string>>;

  private constructor(disk: Disk, path: string, table: Map<string, Map<string, string>>) {
    this.#disk = disk;
    this.#path = path;
    this.#table = table;
  }

  /** Throws when the file is there and is no table: losing it quietly would lose settings. */
  static open(disk: Disk, path: string): KvConfig {
    const text = readText(disk, path);
    if (text.trim() === '') return new KvConfig(disk, path, new Map());
    try {
      return new KvConfig(disk, path, tableOf(parseLenient(text)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot read ${path} (kvConfigPath): ${reason}`, { cause: error });
    }
  }

  find(namespace: string, key: string): string | undefined {
    return this.#table.get(namespace)?.get(key);
  }

  /** All keys and values of a namespace; undefined when it has none. */
  findNamespace(namespace: string): ReadonlyMap<string, string> | undefined {
    const entries = this.#table.get(namespace);
    return entries === undefined || entries.size === 0 ? undefined : entries;
  }

  get size(): number {
    return [...this.#table.values()].reduce((sum, entries) => sum + entries.size, 0);
  }

  /** Durable when it returns. Throws `DiskError`, and then nothing has changed. */
  put(namespace: string, key: string, value: string): void {
    if (this.size >= ENTRIES_MAX && this.find(namespace, key) === undefined) {
      throw new Failure('InvalidParameter', `Cannot keep more than ${ENTRIES_MAX} keys`);
    }
    const entries = new Map(this.#table.get(namespace)).set(key, value);
    this.#replace(namespace, entries);
  }

  /** As `put`; fine when the key is missing. */
  delete(namespace: string, key: string): void {
    if (this.find(namespace, key) === undefined) return;
    const entries = new Map(this.#table.get(namespace));
    entries.delete(key);
    this.#replace(namespace, entries);
  }

  #replace(namespace: string, entries: Map<string, string>): void {
    const configTable = new Map(this.#table).set(namespace, entries);
    replaceFile(this.#disk, this.#path, printJson({ configTable }));
    this.#table.set(namespace, entries);
  }
}

function tableOf(content: Json): Map<string, Map<string, string>> {
  const table = membersOf(membersOf(content, 'the file')['configTable'] ?? {}, 'configTable');
  const namespaces = Object.entries(table).map(([namespace, entries]) => {
    const pairs = Object.entries(membersOf(entries, namespace));
    return [namespace, new Map(pairs.map(([key, value]) => [key, textOf(value, key)]))] as const;
  });
  return new Map(namespaces);
}

function membersOf(value: Json | undefined, name: string): Readonly<Record<string, Json>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new TypeError(`"${name}" must be an object, is ${JSON.stringify(value)}`);
}

function textOf(value: Json, key: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`"${key}" must be text, is ${JSON.stringify(value)}`);
}
