/**
 * The names in a simulated folder, twice: as processes see them and as a power cut leaves them. A
 * change of names is durable once its folder is synced; of the changes since, a power cut leaves
 * the first few.
 */
import type { Prng } from './prng.ts';
import type { StoredFile, Survival } from './stored-file.ts';

export type StoredNode = StoredFile | StoredFolder;

/** One step that happens whole or not at all: a rename is two parts. */
interface Change {
  readonly parts: readonly {
    readonly folder: StoredFolder;
    readonly name: string;
    readonly node: StoredNode | undefined;
  }[];
  isDurable: boolean;
}

export class StoredFolder {
  #entries = new Map<string, StoredNode>();
  readonly #durable = new Map<string, StoredNode>();
  #changes: Change[] = [];

  find(name: string): StoredNode | undefined {
    return this.#entries.get(name);
  }

  /** Sorted by name. */
  list(): [string, StoredNode][] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  put(name: string, node: StoredNode): void {
    this.#entries.set(name, node);
    this.#note({ parts: [{ folder: this, name, node }], isDurable: false });
  }

  remove(name: string): void {
    this.#entries.delete(name);
    this.#note({ parts: [{ folder: this, name, node: undefined }], isDurable: false });
  }

  /** Takes the place of what is called `newName` in `to`. */
  rename(name: string, to: StoredFolder, newName: string): void {
    const node = this.#entries.get(name);
    if (node === undefined) return;
    this.#entries.delete(name);
    to.#entries.set(newName, node);
    const parts = [
      { folder: this, name, node: undefined },
      { folder: to, name: newName, node },
    ];
    const change = { parts, isDurable: false };
    this.#note(change);
    if (to !== this) to.#note(change);
  }

  #note(change: Change): void {
    this.#changes.push(change);
  }

  sync(): void {
    for (const change of this.#changes) harden(change);
    this.#changes = [];
  }

  /** Makes one name durable. */
  settle(name: string, node: StoredNode | undefined): void {
    if (node === undefined) this.#durable.delete(name);
    else this.#durable.set(name, node);
  }

  /** The power went, here and in all below. */
  crash(prng: Prng, survival: Survival): void {
    const count = this.#changes.length;
    const kept = survival === 'some' ? prng.below(count + 1) : survival === 'all' ? count : 0;
    for (const change of this.#changes.slice(0, kept)) harden(change);
    this.#changes = [];
    this.#entries = new Map(this.#durable);
    for (const node of this.#durable.values()) node.crash(prng, survival);
  }

  /** Pages in use, here and below. */
  get pages(): number {
    return [...this.#entries.values()].reduce((sum, node) => sum + node.pages, 0);
  }
}

function harden(change: Change): void {
  if (change.isDurable) return;
  change.isDurable = true;
  for (const { folder, name, node } of change.parts) folder.settle(name, node);
}
