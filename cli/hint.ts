/** Commands that people are told to try, as they would have to type them. */
import { resolve } from 'node:path';

/** Where local clusters keep their state when nobody says. */
export const DEFAULT_STATE = '.gantry';

/** Which local cluster a hint is about; what the command finds by itself is left out. */
export interface HintCluster {
  readonly name?: string | undefined;
  readonly state?: string | undefined;
}

/** What `gantry` was called as. */
export function calledAs(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return environment['GANTRY_AS'] ?? 'gantry';
}

/** `command` with what leads it to the cluster. */
export function hint(command: string, { name, state }: HintCluster = {}): string {
  const named = name === undefined ? '' : ` --name ${name}`;
  const kept =
    state === undefined || resolve(state) === resolve(DEFAULT_STATE)
      ? ''
      : ` --state ${quoted(state)}`;
  return `${calledAs()} ${command}${named}${kept}`;
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
