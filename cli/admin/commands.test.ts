import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { addAdmin } from './commands.ts';

/** What is said about a command line that is wrong. */
async function complaint(line: string): Promise<string> {
  const said: string[] = [];
  const gantry = new Command('gantry')
    .exitOverride()
    .configureOutput({ writeErr: (text) => said.push(text), writeOut: (text) => said.push(text) });
  addAdmin(gantry);
  const parsed = gantry.parseAsync(line.split(' '), { from: 'user' });
  await expect(parsed).rejects.toBeInstanceOf(CommanderError);
  return said.join('');
}

test.each([
  ['admin send --body hi', "required option '-t, --topic <topic>'"],
  ['admin send --tpoic T --body hi', "unknown option '--tpoic'"],
  ['admin message query -t T --kye k', "unknown option '--kye'"],
  ['admin send -t T --count none', 'Expected a whole number from 1'],
  ['admin send -t T --property p', 'Expected name=value'],
  ['admin send -t T --queue x', 'broker-a:3'],
  ['admin consume -t T --from yesterday', 'Expected first, last'],
  ['admin consume -t T --timeout 0', 'Expected seconds'],
  ['admin consume -t T -o xml', 'Allowed choices are table, json'],
  ['admin topic create', "missing required argument 'topic'"],
  ['admin topic create T --queues 0', 'Expected a whole number from 1 to 1024'],
  ['admin topic create T --perm x', 'Allowed choices are r, w, rw'],
  ['admin broker config set', "missing required argument 'setting=value'"],
  ['admin broker config set a', 'Expected name=value'],
  ['admin message query -t T', "required option '--key <key>'"],
  ['admin topic remove T', "unknown command 'remove'"],
])('gantry %s: %s', async (line, advice) => {
  expect(await complaint(line)).toContain(advice);
});

test('every command says which cluster it is for, and how it prints', () => {
  const gantry = new Command('gantry');
  addAdmin(gantry);
  const leaves = (command: Command): Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  for (const leaf of leaves(gantry)) {
    const flags = leaf.options.map(({ long }) => long);
    expect(flags, leaf.name()).toEqual(
      expect.arrayContaining(['--nameserver', '--name', '--state', '--output']),
    );
  }
});
