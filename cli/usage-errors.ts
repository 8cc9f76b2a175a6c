/** What is said of a command line that is wrong: as every other error, and with the help that fits. */
import type { Command } from 'commander';
import { findNearest } from '../config/mod.ts';
import { calledAs } from './hint.ts';

/** For `command` and all below it. */
export function explainUsageErrors(command: Command, words: readonly string[] = []): void {
  const typed = [calledAs(), ...words].join(' ');
  const what = command.commands.length > 0 ? 'shows all commands' : 'says what it takes';
  command
    .showHelpAfterError(`(${typed} --help ${what})`)
    // The library finds words near that are not: see `suggestion`.
    .showSuggestionAfterError(false)
    .configureOutput({
      outputError: (text, write) => write(explained(text, command)),
    });
  for (const below of command.commands) explainUsageErrors(below, [...words, below.name()]);
}

function explained(text: string, command: Command): string {
  return text
    .replace(/^error: /, 'gantry: ')
    .trimEnd()
    .concat(suggestion(text, command), '\n');
}

function suggestion(text: string, command: Command): string {
  const [, kind, word = ''] = /unknown (command|option) '([^']+)'/.exec(text) ?? [];
  const names =
    kind === 'option'
      ? command.options.flatMap(({ long }) => long ?? [])
      : command
          .createHelp()
          .visibleCommands(command)
          .map((below) => below.name());
  const nearest = kind === undefined ? undefined : findNearest(word, names);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}
