/** One spelling for each JSON value, so that equal objects have equal hashes: keys sorted, no gaps. */
import { createHash } from 'node:crypto';

/** As `JSON.stringify` would print it with all keys in order; members that are undefined are not there. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const entries = Object.entries(member as Readonly<Record<string, unknown>>);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const HASH_CHARACTERS = 16;

export function canonicalHash(value: unknown): string {
  const hash = createHash('sha256').update(canonicalJson(value)).digest('hex');
  return hash.slice(0, HASH_CHARACTERS);
}
