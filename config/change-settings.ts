/**
 * Settings changed by a request while the process runs: all of them or none, in the file the
 * process was started from before they hold, so that a restart does not undo what was answered as
 * done. A file that this process may not write, as one that Kubernetes mounts, is somebody else's
 * to keep: then the changes hold until a restart, and the outcome says so.
 */
import { type Disk, DiskError, readText, replaceFile } from '../runtime/mod.ts';
import { ConfigError } from './config-error.ts';
import type { ConfigOf, Options } from './options.ts';
import { editProperties, parseProperties } from './properties.ts';
import type { Schema } from './schema.ts';
import { updateConfig } from './update.ts';

/** What is kept in step with the configuration, and what no request may change. */
export interface SettingsPlace {
  readonly disk: Disk;
  /** The properties file; undefined when there is none. */
  readonly file: string | undefined;
  readonly blackList: Iterable<string>;
}

export type SettingsOutcome =
  /** `unkept` is why a restart will undo the changes; absent when it will not. */
  | { readonly changed: readonly string[]; readonly unkept?: string }
  | { readonly refused: 'malformed' | 'forbidden' | 'wrong'; readonly message: string };

/** Throws `DiskError` when the file cannot be replaced: then nothing has changed. */
export function changeSettings<T extends Options>(
  schema: Schema<T>,
  config: ConfigOf<T>,
  text: string,
  place: SettingsPlace,
): SettingsOutcome {
  const { entries, malformed } = parseProperties(text);
  const [problem] = malformed;
  if (problem !== undefined) {
    const message = `string2Properties error: line ${problem.line}: ${problem.message}`;
    return { refused: 'malformed', message };
  }
  const forbidden = new Set(place.blackList);
  if (entries.some(({ key }) => forbidden.has(key))) {
    return { refused: 'forbidden', message: 'Can not update config in black list.' };
  }
  const changes = new Map(entries.map(({ key, value }) => [key, value]));
  const next = { ...config };
  let changed: readonly string[];
  try {
    changed = updateConfig(schema, next, changes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { refused: 'wrong', message: error.message };
  }
  if (changed.length === 0) return { changed };
  const kept = changed.map((key) => [key, changes.get(key) ?? ''] as const);
  const unkept = keep(place, new Map(kept));
  Object.assign(config, next);
  return unkept === undefined ? { changed } : { changed, unkept };
}

/** Why the changes are not in a file; undefined when they are, or when there is no file. */
function keep({ disk, file }: SettingsPlace, changes: ReadonlyMap<string, string>) {
  if (file === undefined) return undefined;
  try {
    replaceFile(disk, file, editProperties(readText(disk, file), changes));
    return undefined;
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'NotPermitted') throw error;
    return error.message;
  }
}
