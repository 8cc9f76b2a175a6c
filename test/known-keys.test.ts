import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isDerived, type Options, parseProperties, type Schema } from '../config/mod.ts';

import { findSchemas } from '../tools/tables.ts';

const schemas = await findSchemas();
const roles = ['broker', 'nameserver'] as const;

/** Not at their default when the configuration was asked for, or different on each machine. */
const changed = new Set([
  'bindAddress',
  'brokerIP1',
  'brokerName',
  'configStorePath',
  'enablePropertyFilter',
  'kvConfigPath',
  'namesrvAddr',
  'recallMessageEnable',
  'storePathCommitLog',
  'storePathRootDir',
  'traceTopicEnable',
  'transactionCheckInterval',
  'transactionTimeOut',
]);

/** Where we differ on purpose; the row's text says why. */
const ours = new Set(['flushIntervalCommitLog']);

function schemaOf(role: string): Schema<Options> {
  const schema = schemas.find((candidate) => candidate.role === role);
  if (schema === undefined) throw new Error(`Expected a schema of the ${role}`);
  return schema;
}

function javaKeys(role: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`known-keys/${role}.properties`, import.meta.url), 'utf8');
  return new Map(parseProperties(text).entries.map(({ key, value }) => [key, value]));
}

describe.each(roles)('of the %s', (role) => {
  const { options, elsewhere } = schemaOf(role);
  const keys = javaKeys(role);

  test('every key that the Java server has is known here', () => {
    expect(keys.size).toBeGreaterThan(30);
    const known = new Set([
      ...Object.keys(options),
      ...elsewhere.ignored,
      ...Object.keys(elsewhere.refused),
    ]);
    expect([...keys.keys()].filter((key) => !known.has(key))).toEqual([]);
  });

  test('no key has two fates', () => {
    const fates = [
      ...Object.keys(options),
      ...elsewhere.ignored,
      ...Object.keys(elsewhere.refused),
    ];
    expect(fates.filter((key, index) => fates.indexOf(key) !== index)).toEqual([]);
  });

  test('an option has the default of the Java server', () => {
    const different = Object.entries(options).flatMap(([name, option]) => {
      const java = keys.get(name);
      if (java === undefined || isDerived(option.fallback)) return [];
      if (changed.has(name) || ours.has(name)) return [];
      const here = option.print(option.fallback);
      return here === java ? [] : [`${name} is ${here} here and ${java} there`];
    });
    expect(different).toEqual([]);
  });

  test('what is refused is fine at the default of the Java server', () => {
    const different = Object.entries(elsewhere.refused).flatMap(([name, { fallback }]) => {
      const java = keys.get(name);
      if (java === undefined || changed.has(name) || fallback === java) return [];
      return [`${name} is ${fallback} here and ${java} there`];
    });
    expect(different).toEqual([]);
  });

  test('every value of the Java server is one that its option can have', () => {
    const refused = [...keys].flatMap(([key, value]) => {
      const reading = options[key]?.read(value);
      if (reading === undefined || 'value' in reading) return [];
      return value.startsWith('RUN/') ? [] : [`${key}=${value}: expected ${reading.expected}`];
    });
    expect(refused).toEqual([]);
  });
});
