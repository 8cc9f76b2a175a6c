/** What the system calls a disk failure, told as a `DiskError`. */
import { DiskError, type DiskErrorCode } from '../disk.ts';

const CODES: Readonly<Record<string, readonly [DiskErrorCode, string]>> = {
  ENOENT: ['NotFound', 'there is no such file or folder'],
  EEXIST: ['Exists', 'it exists already'],
  ENOTEMPTY: ['Exists', 'a folder that is not empty is in the way'],
  ENOSPC: ['NoSpace', 'the disk is full'],
  EDQUOT: ['NoSpace', 'the quota is used up'],
  EFBIG: ['NoSpace', 'the file would be larger than its file system allows'],
  EACCES: ['NotPermitted', 'this user may not'],
  EPERM: ['NotPermitted', 'this user may not'],
  EROFS: ['NotPermitted', 'the file system is read-only'],
};

/** `action` completes "Cannot …", for instance "write /var/lib/gantry/commitlog/…0". */
export function diskError(action: string, cause: unknown): DiskError {
  const systemCode =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  const [code, reason] = CODES[systemCode] ?? ['Other', message];
  return new DiskError(code, `Cannot ${action}: ${reason}`, { cause });
}

/** What `run` returns; what it throws becomes a `DiskError`. For cold paths: it takes a closure. */
export function translated<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw diskError(action, error);
  }
}
