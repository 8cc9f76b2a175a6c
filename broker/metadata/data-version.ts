/**
 * Which version of a table somebody has: name servers, replicas and tools compare it to learn
 * whether theirs is old. Equal only when all three parts are.
 */
import { isRecord } from './json-body.ts';

export interface DataVersion {
  readonly counter: number;
  /** The master's epoch with a controller, 0 without. */
  readonly stateVersion: number;
  readonly timestamp: number;
}

export const noVersion: DataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };

export function nextVersion(version: DataVersion, wallMs: number): DataVersion {
  const { counter, stateVersion } = version;
  return { counter: counter + 1, stateVersion, timestamp: wallMs };
}

/** As a metadata file has it; what is missing there is 0. */
export function readVersion(content: unknown): DataVersion {
  if (!isRecord(content)) return noVersion;
  const at = (name: string): number => Number(content[name] ?? 0);
  return {
    counter: at('counter'),
    stateVersion: at('stateVersion'),
    timestamp: at('timestamp'),
  };
}
