/** What a role can be told, for its `--help`: the table of its options, loaded when somebody asks. */
import type { Command } from 'commander';
import { isDerived, type Option, type Options } from '../config/mod.ts';

interface Keys {
  readonly options: Options;
}

const keys: Readonly<Record<string, () => Promise<Keys>>> = {
  nameserver: async () => (await import('../nameserver/mod.ts')).nameServerSchema,
  broker: async () => (await import('../broker/mod.ts')).brokerSchema,
  operator: async () => (await import('../operator/mod.ts')).operatorSchema,
};

/** Adds the keys to the help of a command that plays a role; others stay as they are. */
export async function addKeys(command: Command): Promise<void> {
  const found = await keys[command.name()]?.();
  if (found !== undefined) command.addHelpText('after', keyLines(found, command));
}

function keyLines({ options }: Keys, command: Command): string {
  const rows = Object.entries(options).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const help = command.createHelp();
  help.helpWidth ??= 80;
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, option]) => help.formatItem(name, width, described(option), help));
  return ['', 'Keys:', ...lines].join('\n');
}

function described(option: Option<unknown>): string {
  const { doc, fallback } = option;
  const usual = isDerived(fallback) ? fallback.says : option.print(fallback);
  return usual === '' ? doc : `${doc} (default: ${usual.replaceAll('`', '')})`;
}
