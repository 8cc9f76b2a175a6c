import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RoleLine, readRoleLine } from './role-line.ts';

/** What the library makes of it. */
function parsed(words: readonly string[]): RoleLine | undefined {
  let line: RoleLine | undefined;
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  for (const role of ['broker', 'nameserver', 'operator']) {
    program
      .command(role)
      .argument('[key=value...]')
      .option('-c, --config-file <file>')
      .action((assignments: string[], { configFile }: { configFile?: string }) => {
        line = { role, file: configFile, assignments };
      });
  }
  try {
    program.parse(words, { from: 'user' });
  } catch {
    return undefined;
  }
  return line;
}

test('what is read without the library is what the library would have read', () => {
  const word = fc.constantFrom('-c', '--config-file', 'a.conf', 'key=value', '-x', '--', '--help');
  const role = fc.constantFrom('broker', 'nameserver', 'operator', 'up', '--help');
  fc.assert(
    fc.property(role, fc.array(word, { maxLength: 6 }), (first, rest) => {
      const line = readRoleLine([first, ...rest]);
      if (line === undefined) return;
      expect(line).toEqual(parsed([first, ...rest]));
    }),
    { numRuns: 1000 },
  );
});

test('the plain form is read', () => {
  expect(readRoleLine(['broker', '-c', 'broker.conf', 'listenPort=1'])).toEqual({
    role: 'broker',
    file: 'broker.conf',
    assignments: ['listenPort=1'],
  });
  expect(readRoleLine(['nameserver'])).toMatchObject({ role: 'nameserver', assignments: [] });
});

test.each([
  [['up', '-f', 'x.yaml']],
  [['broker', '--help']],
  [['broker', '-c']],
  [['broker', '-c', '--help']],
  [['broker', '-cbroker.conf']],
])('%j is left to the library', (words) => {
  expect(readRoleLine(words)).toBeUndefined();
});
