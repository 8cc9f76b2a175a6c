import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { needs } from './needed-option.ts';

/** What is said about a command line, and whether the command ran. */
async function outcome(...words: readonly string[]) {
  const said: string[] = [];
  let hasRun = false;
  const command = new Command('it')
    .exitOverride()
    .configureOutput({ writeErr: (text) => said.push(text) });
  needs(command, '-t, --topic <topic>', 'where to')
    .option('--body <text>')
    .action(() => {
      hasRun = true;
    });
  const error = await command
    .parseAsync(words, { from: 'user' })
    .catch((thrown: unknown) => thrown);
  return { said: said.join(''), hasRun, isRefused: error instanceof CommanderError };
}

test('a command runs with what it needs, and not without', async () => {
  expect(await outcome('-t', 'T')).toEqual({ said: '', hasRun: true, isRefused: false });
  expect(await outcome('--body', 'x')).toMatchObject({
    said: expect.stringContaining("required option '-t, --topic <topic>' not specified"),
    hasRun: false,
    isRefused: true,
  });
});

test('a misspelt option is named before what is missing because of it', async () => {
  expect(await outcome('--tpoic', 'T')).toMatchObject({
    said: expect.stringContaining("unknown option '--tpoic'\n(Did you mean --topic?)"),
    hasRun: false,
  });
});
