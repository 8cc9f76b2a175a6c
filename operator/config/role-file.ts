/** A role's own file, in RocketMQ's properties syntax. */
import { formatProperties } from '../../config/mod.ts';

/** Sorted by key, so that equal properties are equal text: pods restart when the text changes. */
export function formatRoleFile(properties: Readonly<Record<string, string>>): string {
  const entries = Object.entries(properties).sort(([left], [right]) => (left < right ? -1 : 1));
  return formatProperties(entries);
}
