/**
 * Watches how full the disk is: above one level files are removed early, above another nothing is
 * stored any more, and so too after a write that the disk refused, until there is space again.
 */
import type { Disk, DiskError, DiskSpace, Log } from '../runtime/mod.ts';

/** Shares of the disk in use, between 0 and 1. */
export interface DiskLevels {
  /** Above: expired files go at any hour. */
  readonly cleanRatio: number;
  /** Above: the oldest files go although they have not expired. */
  readonly cleanForciblyRatio: number;
  /** Above: nothing is stored. */
  readonly refuseRatio: number;
}

export class DiskGuard {
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #folder: string;
  levels: DiskLevels;
  #isFull = false;
  #ratio = 0;

  constructor({ disk, log }: { disk: Disk; log: Log }, folder: string, levels: DiskLevels) {
    this.#disk = disk;
    this.#log = log;
    this.#folder = folder;
    this.levels = levels;
  }

  /** Whether appends must be refused. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Share of the disk in use at the last look. */
  get ratio(): number {
    return this.#ratio;
  }

  look(): void {
    this.#ratio = usedRatio(this.#disk.space(this.#folder));
    const isFull = this.#ratio > this.levels.refuseRatio;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    const facts = {
      folder: this.#folder,
      ratio: this.#ratio,
      refuseRatio: this.levels.refuseRatio,
    };
    if (isFull) this.#log.warn('Disk is full: messages are refused', facts);
    else this.#log.info('Disk has space again: messages are accepted', facts);
  }

  /** A write was refused: nothing more is stored before the next look finds space. */
  onFailure(error: DiskError): void {
    if (!this.#isFull) {
      this.#log.error('Cannot write to the store: messages are refused', { error });
    }
    this.#isFull = true;
  }
}

/** Rounded up to a whole percent, as RocketMQ does. */
function usedRatio({ totalBytes, freeBytes }: DiskSpace): number {
  return totalBytes === 0 ? 1 : Math.ceil((100 * (totalBytes - freeBytes)) / totalBytes) / 100;
}
