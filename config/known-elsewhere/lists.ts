/**
 * Short ways to write the tables of this folder.
 */
import type { Refused } from '../schema.ts';

/** Keys separated by blanks and line ends. */
export function keyList(keys: string): readonly string[] {
  return keys.trim().split(/\s+/);
}

/** Rows that share a reason, each with RocketMQ's default. */
export function refused(
  reason: string,
  fallbacks: Readonly<Record<string, string | undefined>>,
): Record<string, Refused> {
  const rows = Object.entries(fallbacks).map(([key, fallback]) => {
    return [key, { ...(fallback !== undefined && { fallback }), reason }] as const;
  });
  return Object.fromEntries(rows);
}
