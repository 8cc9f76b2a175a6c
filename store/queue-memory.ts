/**
 * Memory that consume queues share: the budget for the entries they keep, a buffer to read into,
 * and the list of files that were written and not yet synced.
 */
import { viewOf } from '../protocol/mod.ts';
import type { DiskError } from '../runtime/mod.ts';

/** Room for the entries that a filtered read looks at in one go. */
const SCRATCH_BYTES = 16_000;
/** A busy queue keeps at most so much: 4096 entries. */
const RING_BYTES_MAX = 81_920;

export class QueueMemory {
  readonly scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly scratchView: DataView = viewOf(this.scratch);
  /** Paths of files with bytes that a power cut would take. */
  readonly unsynced = new Set<string>();
  readonly #bytesMax: number;
  readonly #onFailure: (error: DiskError) => void;
  #bytes = 0;

  constructor(bytesMax: number, onFailure: (error: DiskError) => void) {
    this.#bytesMax = bytesMax;
    this.#onFailure = onFailure;
  }

  take(bytes: number): Buffer {
    this.#bytes += bytes;
    return Buffer.allocUnsafeSlow(bytes);
  }

  giveBack(ring: Buffer): void {
    this.#bytes -= ring.length;
  }

  /** A ring twice as large in place of `ring`; undefined when the queue must make do with it. */
  grow(ring: Buffer): Buffer | undefined {
    if (ring.length * 2 > RING_BYTES_MAX || this.#bytes + ring.length > this.#bytesMax) {
      return undefined;
    }
    return this.growAnyway(ring);
  }

  /** When entries can go nowhere else: the disk takes none, and appends stop for the same reason. */
  growAnyway(ring: Buffer): Buffer {
    this.#bytes += ring.length;
    return Buffer.allocUnsafeSlow(ring.length * 2);
  }

  noteWritten(path: string): void {
    this.unsynced.add(path);
  }

  /** A queue could not be written. */
  fail(error: DiskError): void {
    this.#onFailure(error);
  }
}
