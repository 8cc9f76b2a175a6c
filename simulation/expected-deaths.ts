/**
 * How a process may end by itself: it cannot start for want of space, or a sync failed, after which
 * nobody knows what the disk holds. Whatever else it ends with is a bug.
 */
import { AssertionError, DiskError } from '../runtime/mod.ts';

export function isExpected(error: unknown, when: 'start' | 'later'): boolean {
  if (error instanceof AssertionError) return error.message.startsWith('Expected syncs to work');
  return when === 'start' && error instanceof DiskError && error.code === 'NoSpace';
}
