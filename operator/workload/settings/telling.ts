/**
 * What a running process has to be told, so that it has the settings of its file without a restart.
 *
 * The file is the truth for the next start; a process is compared with what it would have if it
 * started from the file now, so that a key that was taken out goes back to its default, and a value
 * that somebody changed is set again. Keys the process does not show, and those that the annotation
 * `gantrymq.io/unmanaged-config` names, are left alone. Pure.
 */
import type { Settings } from '../../access/mod.ts';
import type { KeyTable, Properties } from '../../config/key-table.ts';
import { formatRoleFile, hashText } from '../../config/role-file.ts';
import type { PodFacts } from '../pod-facts.ts';

/** All that its process does not show as it should. */
export interface TellSettings {
  readonly kind: 'TellSettings';
  readonly unit: string;
  readonly address: string;
  readonly changes: Settings;
  /** It had all of it before: somebody has changed it since. */
  readonly isRepair: boolean;
}

/** What people and Services see of a pod: what it is, and that it has its settings. */
export interface MarkPod {
  readonly kind: 'MarkPod';
  readonly pod: string;
  readonly uid: string;
  readonly role: string | undefined;
  readonly configApplied: string | undefined;
}

/** A unit whose process has been asked. */
export interface AskedUnit {
  readonly name: string;
  readonly pod: PodFacts;
  readonly address: string;
  readonly shown: Settings;
  /** What the label of its pod is to call it. */
  readonly role: string | undefined;
}

export interface Telling {
  readonly actions: readonly (TellSettings | MarkPod)[];
  /** Of all that the process is to have: what its pod is stamped with. */
  readonly hash: string;
}

export interface TellingOptions {
  readonly keys: KeyTable;
  readonly unmanaged: ReadonlySet<string>;
}

export function planTelling(
  { name, pod, address, shown, role }: AskedUnit,
  properties: Properties,
  options: TellingOptions,
): Telling {
  const wanted = managedSettings(properties, options);
  const hash = hashSettings(properties, options);
  const changes = wanted.filter(([key, value]) => key in shown && shown[key] !== value);
  const isRepair = pod.configApplied === hash;
  const tell: TellSettings[] =
    changes.length === 0
      ? []
      : [
          {
            kind: 'TellSettings',
            unit: name,
            address,
            changes: Object.fromEntries(changes),
            isRepair,
          },
        ];
  const configApplied = changes.length === 0 ? hash : pod.configApplied;
  const isMarked = role === pod.roleLabel && configApplied === pod.configApplied;
  const mark = { kind: 'MarkPod', pod: pod.name, uid: pod.uid, role, configApplied } as const;
  return { actions: [...tell, ...(isMarked ? [] : [mark])], hash };
}

/** Of what a process that has all settings of `properties` has. */
export function hashSettings(properties: Properties, options: TellingOptions): string {
  return hashText(formatRoleFile(Object.fromEntries(managedSettings(properties, options))));
}

function managedSettings(
  properties: Properties,
  { keys, unmanaged }: TellingOptions,
): (readonly [string, string])[] {
  return Object.entries(keys.liveSettings(properties)).filter(([key]) => !unmanaged.has(key));
}
