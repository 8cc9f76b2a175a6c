/**
 * Tells a running process its settings, and believes only what it then shows.
 *
 * All changes go at once, for a process takes all of them or none. When it refuses them, each is
 * tried by itself, so that one wrong value does not keep the others out.
 */
import type { Refused, Settings } from '../../access/mod.ts';

/** A process that can be told settings, and shows those it has. */
export interface Tellable {
  readonly update: (changes: Settings) => Promise<'done' | Refused | undefined>;
  readonly show: () => Promise<Settings | undefined>;
}

export interface TellOutcome {
  readonly refused: ReadonlyMap<string, string>;
  /** Whether the process shows everything it did not refuse. */
  readonly isDone: boolean;
}

export async function tellSettings(process: Tellable, changes: Settings): Promise<TellOutcome> {
  const refused = new Map<string, string>();
  const outcome = await process.update(changes);
  if (outcome !== undefined && outcome !== 'done') {
    for (const [key, value] of Object.entries(changes)) {
      const alone = await process.update({ [key]: value });
      if (alone !== undefined && alone !== 'done') refused.set(key, alone.refused);
    }
  }
  const shown = await process.show();
  return { refused, isDone: shown !== undefined && shows(shown, changes, refused) };
}

function shows(shown: Settings, changes: Settings, refused: ReadonlyMap<string, string>): boolean {
  return Object.entries(changes).every(([key, value]) => refused.has(key) || shown[key] === value);
}
