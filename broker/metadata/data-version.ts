/** Which version of a table this is: whoever has another must ask again. */
import type { DataVersion } from '../../protocol/bodies/mod.ts';

export const noVersion: DataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };

export function nextVersion(version: DataVersion, wallMs: number): DataVersion {
  const { counter, stateVersion } = version;
  return { counter: counter + 1, stateVersion, timestamp: wallMs };
}
