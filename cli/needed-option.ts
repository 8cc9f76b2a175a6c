/**
 * An option that a command cannot do without. The library's own `requiredOption` complains about a
 * missing one before it looks for misspelt ones, which nearly always are the reason.
 */
import { type Command, Option } from 'commander';

export function needs(command: Command, flags: string, description: string): Command {
  const option = new Option(flags, `${description} (needed)`);
  return command.addOption(option).hook('preAction', (_, action) => {
    if (action.getOptionValue(option.attributeName()) !== undefined) return;
    action.error(`error: required option '${flags}' not specified`);
  });
}
