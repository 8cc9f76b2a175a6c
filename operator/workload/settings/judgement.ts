/**
 * Settings as a role takes them: what it would refuse to start with never comes into its file. Pure.
 */
import type { KeyTable, Properties } from '../../config/key-table.ts';

export interface Judged {
  /** What the role will start with. */
  readonly properties: Properties;
  /** Why a key could not be taken as it was written, by key. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * `wanted` without what the role would refuse to start with. A refused key stays what it is in
 * `current`: a typing error must neither stop a broker nor bring a default back.
 */
export function judgeProperties(
  wanted: Properties,
  current: Properties | undefined,
  keys: KeyTable,
): Judged {
  const refused = keys.refusals(wanted);
  if (refused.size === 0) return { properties: wanted, refused };
  const now = current ?? {};
  const kept = Object.entries(wanted).flatMap(([key, value]) => {
    if (!refused.has(key)) return [[key, value] as const];
    const before = now[key];
    return before === undefined || before === value ? [] : [[key, before] as const];
  });
  const properties = Object.fromEntries(kept);
  const left = keys.refusals(properties);
  if (left.size === 0) return { properties, refused };
  // Each key is right and all of them together are not.
  return { properties: current ?? properties, refused: new Map([...refused, ...left]) };
}
