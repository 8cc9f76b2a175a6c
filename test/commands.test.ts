import { Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { commandLines } from '../tools/commands.ts';

test('the page has every command that help shows, with its arguments and options', () => {
  const program = new Command('gantry').description('A cluster.');
  program
    .command('up')
    .description('run a cluster')
    .argument('<manifest>', 'what to run')
    .argument('[key=value...]', 'options')
    .requiredOption('--name <cluster>', 'its name')
    .addOption(new Option('-o, --output <form>', 'how').choices(['table', 'json']).default('table'))
    .addOption(new Option('--secret').hideHelp());
  program.command('supervise', { hidden: true });
  program.command('admin').description('look into it').command('list').description('all of it');
  expect(commandLines(program).join('\n')).toBe(`## \`gantry\`

A cluster.

## \`gantry up\`

Run a cluster.

| Argument | Meaning |
| --- | --- |
| \`<manifest>\` | what to run |
| \`[key=value…]\` | options |
| \`--name <cluster>\` | its name (needed) |
| \`-o, --output <form>\` | how (one of table, json; default table) |

## \`gantry admin\`

Look into it.

## \`gantry admin list\`

All of it.
`);
});
