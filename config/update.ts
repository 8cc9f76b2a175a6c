/**
 * Changing a configuration while the process runs, and showing what it is: the requests
 * UPDATE_BROKER_CONFIG, GET_BROKER_CONFIG and their like. All changes are made or none.
 */
import { ConfigError, type Problem } from './config-error.ts';
import { readSetting } from './load.ts';
import type { ConfigOf, Options } from './options.ts';
import type { Schema } from './schema.ts';

/**
 * Makes `changes` in place, so that whoever holds `config` sees them, and names what is different
 * now. Throws a `ConfigError` when a value is wrong, a key unknown, or a changed option is only
 * read at start. A value that is the current one is no change, so a whole configuration may be
 * sent back with one line altered.
 */
export function updateConfig<T extends Options>(
  schema: Schema<T>,
  config: ConfigOf<T>,
  changes: Iterable<readonly [string, string]>,
): string[] {
  const problems: Problem[] = [];
  const next = new Map<string, unknown>();
  for (const [key, raw] of changes) {
    const change = judge(schema, config, key, raw.trim());
    if (change === undefined) continue;
    if ('message' in change) problems.push({ place: key, message: change.message });
    else next.set(key, change.value);
  }
  const wrong = schema.check?.({ ...config, ...Object.fromEntries(next) }) ?? [];
  problems.push(...wrong.map((message) => ({ place: 'configuration', message })));
  if (problems.length > 0) throw new ConfigError(schema.role, problems);
  Object.assign(config, Object.fromEntries(next));
  return [...next.keys()];
}

/** The new value of `key`, why it cannot have it, or undefined when nothing changes. */
function judge<T extends Options>(
  schema: Schema<T>,
  config: ConfigOf<T>,
  key: string,
  raw: string,
): { readonly value: unknown } | { readonly message: string } | undefined {
  const reading = readSetting(schema, key, raw);
  if (reading.kind === 'wrong') return reading;
  if (reading.kind !== 'value') return undefined;
  const option = schema.options[key];
  const now = option?.print(config[key]) ?? '';
  if (option === undefined || option.print(reading.value) === now) return undefined;
  if (option.live) return reading;
  return { message: `${key} is read at start only: it stays "${now}" until a restart` };
}

/**
 * Every setting as text: the options, and the keys of RocketMQ's whose default is what we do.
 * `formatAnswer` makes the body of an answer of it, `formatProperties` a file.
 */
export function printConfig<T extends Options>(
  { options, elsewhere }: Schema<T>,
  config: ConfigOf<T>,
): Map<string, string> {
  const defaults = Object.entries(elsewhere.refused).flatMap(([key, { fallback }]) => {
    return fallback === undefined ? [] : [[key, fallback] as const];
  });
  const values = Object.entries(options).map(([name, option]) => {
    return [name, option.print(config[name])] as const;
  });
  return new Map([...defaults, ...values]);
}
