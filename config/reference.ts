/**
 * A table of options as something else: the reference page, a JSON schema.
 */

import { isDerived, type Option, type Options } from './options.ts';
import { environmentName, type Schema } from './schema.ts';

/** The page of a role's options in `docs/reference/`, from its heading to its last row. */
export function toMarkdown({ role, options, elsewhere }: Schema<Options>): string {
  const rows = Object.entries(options)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, option]) => {
      const change = option.live ? 'live' : 'restart';
      const of = option.bounds === '' ? option.type : `${option.type}: ${option.bounds}`;
      return row([`\`${name}\``, of, showFallback(option), change, option.doc]);
    });
  const refused = Object.entries(elsewhere.refused)
    .filter(([key]) => !Object.hasOwn(options, key))
    .map(([key, { fallback, reason }]) => {
      return row([`\`${key}\``, fallback === undefined ? 'unset' : `\`${fallback}\``, reason]);
    });
  const ignored = elsewhere.ignored.filter((key) => !Object.hasOwn(options, key)).toSorted();
  return [
    `# Options of the ${role}`,
    '',
    'Set in the file (`-c`), in the environment, or as `key=value` on the command line; the later of',
    `them holds. In the environment \`listenPort\` is \`${environmentName(role, 'listenPort')}\`.`,
    'A *live* option may also be changed while the process runs.',
    '',
    '| Option | Type | Default | Change | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Refused unless left at their default',
    '',
    ...(refused.length === 0 ? ['None.'] : ['| Key | Default | Reason |', '| --- | --- | --- |']),
    ...refused,
    '',
    '## Accepted without meaning here',
    '',
    'Keys of RocketMQ that describe something this server does not have; named in the log at start.',
    '',
    ignored.length === 0 ? 'None.' : `${ignored.map((key) => `\`${key}\``).join(', ')}.`,
    '',
  ].join('\n');
}

/** The options as a JSON schema: an object without other members. */
export function toJsonSchema({ options }: Schema<Options>): object {
  const properties = Object.entries(options).map(([name, { schema, doc, fallback }]) => {
    const value = isDerived(fallback) || Array.isArray(fallback) ? undefined : fallback;
    return [name, { ...schema, description: doc, ...(value !== undefined && { default: value }) }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties) as object,
  };
}

function showFallback(option: Option<unknown>): string {
  if (isDerived(option.fallback)) return option.fallback.says;
  const printed = option.print(option.fallback);
  return printed === '' ? 'empty' : `\`${printed}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
