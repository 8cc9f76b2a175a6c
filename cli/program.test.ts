import { type Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { exitCodes } from './exit-codes.ts';
import { exitNameOf } from './failure.ts';
import { program } from './program.ts';

/** Every command with what has to be typed for it. */
function commandsBelow(command: Command, words: readonly string[] = []): [string, Command][] {
  return command.commands.flatMap((below) => {
    const typed = [...words, below.name()];
    return [[typed.join(' '), below] as [string, Command], ...commandsBelow(below, typed)];
  });
}

const all = commandsBelow(program());
/** What people are not meant to type has no page. */
const shown = all.filter(([words]) => words !== 'supervise');

/** What is printed for a command line, and the error it ends with. */
async function run(words: string) {
  const printed: string[] = [];
  const quiet = {
    writeOut: (text: string) => printed.push(text),
    writeErr: (text: string) => printed.push(text),
  };
  const gantry = program();
  for (const command of [gantry, ...commandsBelow(gantry).map(([, below]) => below)]) {
    command.configureOutput(quiet).exitOverride();
  }
  const parsed = gantry.parseAsync(words.split(' '), { from: 'user' });
  const error = await parsed.catch((thrown: unknown) => thrown);
  return { printed: printed.join(''), error };
}

test.each(shown)(
  'gantry %s --help says what it does and what each word means',
  async (words, of) => {
    const { printed, error } = await run(`${words} --help`);
    expect(error).toMatchObject({ exitCode: 0 });
    expect(printed).toContain(`Usage: gantry ${words}`);
    expect(printed.replaceAll(/\s+/g, ' ')).toContain(of.description());
    expect(of.description()).toMatch(/^[a-z]/);
    for (const option of of.options) expect(option.description, option.flags).not.toBe('');
  },
);

test.each(shown)('gantry %s refuses an option that it does not have', async (words) => {
  const { printed, error } = await run(`${words} --no-such-option`);
  expect(error).toBeInstanceOf(CommanderError);
  expect(error).toMatchObject({ exitCode: 1 });
  expect(printed).toContain('no-such-option');
});

test('the help of a role lists every key that it can be told, with its default', async () => {
  const { printed } = await run('operator --help');
  expect(printed).toMatch(/^ {2}kubeconfig +The kubeconfig file; empty:/m);
  expect(printed.replaceAll(/\s+/g, ' ')).toContain(
    'concurrency Objects of one kind that are worked on at once. (default: 10)',
  );
  expect((await run('nameserver --help')).printed).toContain('listenPort');
});

test('arguments say what they are, unless their name does', () => {
  const nameless = shown.flatMap(([words, { registeredArguments }]) =>
    registeredArguments
      .filter((argument) => argument.description === '' && argument.name().length < 3)
      .map((argument) => `${words} ${argument.name()}`),
  );
  expect(nameless).toEqual([]);
});

test.each(Object.keys(exitCodes))('%s is what its name says to who asks', (name) => {
  expect(exitNameOf(Object.assign(new Error('it'), { exit: name }))).toBe(name);
});

test.each([
  ['bogus', "gantry: unknown command 'bogus'\n", 'gantry --help shows all commands'],
  ['statsu', "gantry: unknown command 'statsu' (did you mean status?)", 'gantry --help'],
  ['admin topic lsit', '(did you mean list?)', 'gantry admin topic --help shows all commands'],
  ['admin topic status', 'gantry: missing', 'gantry admin topic status --help says what'],
  ['admin send --topc x', '(did you mean --topic?)', 'gantry admin send --help'],
])(
  '%s is an error that names the nearest word, if any, and its own help',
  async (words, ...parts) => {
    const { printed } = await run(words);
    for (const part of parts) expect(printed).toContain(part);
  },
);
