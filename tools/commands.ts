/**
 * The page of `gantry`'s commands, from the program itself.
 */
import type { Argument, Command, Option } from 'commander';
import { code, table } from './markdown.ts';

/** The lines below the heading: one section a command, in the order the program has them. */
export function commandLines(command: Command, above = ''): string[] {
  const name = `${above}${command.name()}`;
  const rows = [
    ...command.registeredArguments.map((argument) => [code(shown(argument)), argument.description]),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map((option) => [code(option.flags), described(option)]),
  ];
  const visible = command.createHelp().visibleCommands(command);
  const below = visible.filter((each) => each.name() !== 'help');
  return [
    `## ${code(name)}`,
    '',
    sentence(command.description()),
    '',
    ...(rows.length === 0 ? [] : [...table(['Argument', 'Meaning'], rows), '']),
    ...below.flatMap((each) => commandLines(each, `${name} `)),
  ];
}

function shown(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function described({ description, argChoices, defaultValue, mandatory }: Option): string {
  const more = [
    mandatory ? 'needed' : '',
    argChoices === undefined ? '' : `one of ${argChoices.join(', ')}`,
    typeof defaultValue === 'string' ? `default ${defaultValue}` : '',
  ].filter((part) => part !== '');
  return `${description}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return upper.endsWith('.') ? upper : `${upper}.`;
}
