/**
 * A sync that failed leaves nothing to go on with: the system may have dropped the pages and call
 * the next sync a success. So the process ends, and recovery looks at what is really there.
 */
import { AssertionError, DiskError } from '../runtime/mod.ts';

export function orEnd(done: () => void): (error?: DiskError) => void {
  return (error) => {
    if (error !== undefined) {
      throw new AssertionError(`Expected syncs to work. ${error.message}`);
    }
    done();
  };
}

/** Runs syncs that hold up the caller. */
export function syncOrEnd<T>(sync: () => T): T {
  try {
    return sync();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new AssertionError(`Expected syncs to work. ${error.message}`);
  }
}
