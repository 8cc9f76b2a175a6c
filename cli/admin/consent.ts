/** Asks before what cannot be undone. */
import { createInterface } from 'node:readline/promises';
import { CommandError } from '../command-error.ts';

/** Throws unless a person types yes. */
export async function requireConsent(what: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError('Usage', `Nobody can be asked whether to ${what}: say --yes`);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const upper = what.charAt(0).toUpperCase() + what.slice(1);
  // Ctrl-C and Ctrl-D are answers too.
  const answer = await lines.question(`${upper}? Type yes: `).catch(() => '');
  lines.close();
  if (answer.trim() !== 'yes') throw new CommandError('Interrupted', 'Nothing was changed');
}
