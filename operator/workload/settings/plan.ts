/**
 * What a running broker has to be told, so that it has the settings of its file without a restart.
 *
 * The file is the truth for the next start; a process is compared with what it would have if it
 * started from the file now, so that a key that was taken out goes back to its default, and a value
 * that somebody changed is set again. Keys the process does not show, and those that the annotation
 * `gantrymq.io/unmanaged-config` names, are left alone.
 */
import type { Settings } from '../../access/mod.ts';
import type { KeyTable, Properties } from '../../config/key-table.ts';
import { formatRoleFile, hashText } from '../../config/role-file.ts';

export interface SettingsPlan {
  /** Empty when the process has all of it. */
  readonly changes: Settings;
  /** Of all that the process is to have: what its pod is stamped with. */
  readonly hash: string;
}

export interface SettingsOptions {
  readonly keys: KeyTable;
  readonly unmanaged: ReadonlySet<string>;
}

export function planSettings(
  shown: Settings,
  properties: Properties,
  { keys, unmanaged }: SettingsOptions,
): SettingsPlan {
  const wanted = Object.entries(keys.liveSettings(properties)).filter(
    ([key]) => !unmanaged.has(key),
  );
  const changes = wanted.filter(([key, value]) => key in shown && shown[key] !== value);
  return {
    changes: Object.fromEntries(changes),
    hash: hashText(formatRoleFile(Object.fromEntries(wanted))),
  };
}

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
