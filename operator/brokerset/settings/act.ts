/**
 * Tells a running broker its settings, and believes only what it then shows.
 *
 * All changes go at once, for the broker takes all of them or none. When it refuses them, each is
 * tried by itself, so that one wrong value does not keep the others out.
 */
import type { Settings } from '../../access/mod.ts';
import type { Context } from '../../kube/mod.ts';
import type { TellSettings } from '../actions.ts';

export interface TellOutcome {
  readonly refused: ReadonlyMap<string, string>;
  /** Whether the broker shows everything it did not refuse. */
  readonly isDone: boolean;
}

export async function tellSettings(
  { access, signal }: Pick<Context, 'access' | 'signal'>,
  { address, changes }: Pick<TellSettings, 'address' | 'changes'>,
): Promise<TellOutcome> {
  const refused = new Map<string, string>();
  const outcome = await access.updateBrokerConfig(address, changes, signal);
  if (outcome !== undefined && outcome !== 'done') {
    for (const [key, value] of Object.entries(changes)) {
      const alone = await access.updateBrokerConfig(address, { [key]: value }, signal);
      if (alone !== undefined && alone !== 'done') refused.set(key, alone.refused);
    }
  }
  const shown = await access.brokerConfig(address, signal);
  return { refused, isDone: shown !== undefined && shows(shown, changes, refused) };
}

function shows(shown: Settings, changes: Settings, refused: ReadonlyMap<string, string>): boolean {
  return Object.entries(changes).every(([key, value]) => refused.has(key) || shown[key] === value);
}
