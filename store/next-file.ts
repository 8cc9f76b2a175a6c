/**
 * The file that the log will go on in, made ahead. A new file's name and size must be durable
 * before anything in it can be, and making them so takes a busy disk up to a tenth of a second: no
 * message should wait for that.
 */
import { type Disk, DiskError, type OpenFile } from '../runtime/mod.ts';
import { orEnd, syncOrEnd } from './fatal-sync.ts';
import type { Segments } from './segments.ts';

type NextFileDisk = Pick<Disk, 'open' | 'syncFolder' | 'syncFolderLater'>;

export class NextFile {
  readonly #segments: Segments;
  readonly #disk: NextFileDisk;
  /** Where the file begins that is being made durable; infinite when none is. */
  start = Number.POSITIVE_INFINITY;
  /** Counts the files made: what an earlier one still has to say is of no interest. */
  #made = 0;

  constructor(segments: Segments, disk: NextFileDisk) {
    this.#segments = segments;
    this.#disk = disk;
  }

  /** Makes it, durable some time later. On a full disk it is left to the write that needs it. */
  make(): void {
    const { end } = this.#segments;
    let file: OpenFile;
    try {
      this.#segments.add(end);
      // From here on the write that comes to it must make sure, unless this does before.
      this.start = end;
      // A handle of its own: the log may sync the file meanwhile.
      file = this.#disk.open(this.#segments.pathOf(end), 'existing');
    } catch (error) {
      if (error instanceof DiskError) return;
      throw error;
    }
    const made = ++this.#made;
    file.sync(
      orEnd(() => {
        file.close();
        if (made !== this.#made) return;
        syncOrEnd(() => {
          this.#disk.syncFolderLater(
            this.#segments.folder,
            orEnd(() => {
              if (made === this.#made) this.forget();
            }),
          );
        });
      }),
    );
  }

  /** The log is there already: makes it durable, holding up the caller. */
  finishNow(): void {
    const { start } = this;
    syncOrEnd(() => {
      this.#segments.fileAt(start).syncNow();
      this.#disk.syncFolder(this.#segments.folder);
    });
    this.forget();
  }

  /** It is durable, or gone, or nobody needs it any more. */
  forget(): void {
    this.start = Number.POSITIVE_INFINITY;
    this.#made++;
  }
}
