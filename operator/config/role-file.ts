/** A role's own file, in RocketMQ's properties syntax. */
import { createHash } from 'node:crypto';
import { formatProperties, parseProperties } from '../../config/mod.ts';
import type { KeyTable, Properties } from './key-table.ts';

/** Sorted by key, so that equal properties are equal text. */
export function formatRoleFile(properties: Properties): string {
  const entries = Object.entries(properties).sort(([left], [right]) => (left < right ? -1 : 1));
  return formatProperties(entries);
}

/** Inverts `formatRoleFile`; what is no property is left out. */
export function parseRoleFile(text: string): Properties {
  return Object.fromEntries(parseProperties(text).entries.map(({ key, value }) => [key, value]));
}

/** Changes when a process must be started anew to take `properties`, and only then. */
export function restartHash(properties: Properties, keys: Pick<KeyTable, 'isLive'>): string {
  const atStart = Object.entries(properties).filter(([key]) => !keys.isLive(key));
  return hashText(formatRoleFile(Object.fromEntries(atStart)));
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
