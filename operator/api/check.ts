/**
 * Whether a manifest fits its schema, with every problem at its exact path and in words for the
 * person who wrote it. Structure first; rules across fields are checked once the structure holds.
 */
import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import Value from 'typebox/value';
import { findNearest } from '../../config/mod.ts';
import type { Problem } from './problem.ts';

// A person corrects a manifest once: all errors, not the library's first eight.
Settings.Set({ maxErrors: 1000 });

type Detail = ReturnType<typeof Value.Errors>[number];

/** `manifest` with its defaults filled in; the argument is left as it is. */
export function withDefaults(schema: TSchema, manifest: unknown): unknown {
  return Value.Default(schema, structuredClone(manifest));
}

export function check(schema: TSchema, manifest: unknown): Problem[] {
  const details = Value.Errors(schema, manifest);
  return details.flatMap((detail) => problemsOf(detail, schema, manifest));
}

function problemsOf(detail: Detail, root: TSchema, manifest: unknown): Problem[] {
  const steps = stepsOf(detail.instancePath);
  const path = formatPath(steps);
  const schema = at(root, stepsOf(detail.schemaPath.slice(1))) ?? {};
  if (detail.keyword === 'additionalProperties') {
    // Where unknown keys have a type of their own, the value is reported by itself.
    if (record(schema)['additionalProperties'] !== false) return [];
    const known = Object.keys(record(record(schema)['properties']));
    return detail.params.additionalProperties.map((name) => unknown(steps, name, known));
  }
  if (detail.keyword === 'required') {
    const missing = detail.params.requiredProperties;
    return missing.map((name) => ({
      path: formatPath([...steps, name]),
      message: `is missing; ${describe(record(record(schema)['properties'])[name])}`,
    }));
  }
  if (detail.keyword === 'propertyNames') {
    const names = detail.params.propertyNames;
    return names.map((name) => ({
      path: formatPath([...steps, name]),
      message: `"${name}" is not ${describeExpected(record(schema)['propertyNames'])}`,
      atKey: true,
    }));
  }
  // Says again what the keywords above say in detail.
  if (detail.keyword === 'boolean') return [];
  // The key that a `propertyNames` schema refuses: reported above, by name.
  if (detail.schemaPath.endsWith('/propertyNames')) return [];
  const value = at(manifest, steps);
  return [{ path, message: `${show(value)} is not right: ${expected(detail, schema)}` }];
}

function unknown(steps: readonly string[], name: string, known: readonly string[]): Problem {
  const nearest = findNearest(name, known);
  const hint =
    nearest === undefined ? `there are ${known.join(', ')}` : `did you mean "${nearest}"?`;
  return {
    path: formatPath([...steps, name]),
    message: `there is no field "${name}" here: ${hint}`,
    atKey: true,
  };
}

function expected(detail: Detail, schema: unknown): string {
  const { keyword, params } = detail;
  if (keyword === 'uniqueItems') return 'an entry stands in it twice';
  if (keyword === 'maxLength') return `at most ${params.limit} letters`;
  if (keyword === 'maxProperties') return `at most ${params.limit} entries`;
  if (keyword === 'minItems') {
    return params.limit === 1 ? 'at least 1 entry' : `at least ${params.limit} entries`;
  }
  return `expected ${describeExpected(schema)}`;
}

/** What a schema lets through, in words. */
function describeExpected(schema: unknown): string {
  const { expected, enum: words, const: only, type, minimum, maximum } = record(schema);
  if (typeof expected === 'string') return expected;
  if (Array.isArray(words)) {
    const nouns = words.map(String);
    return nouns.length === 1 ? String(nouns[0]) : `one of ${nouns.join(', ')}`;
  }
  if (only !== undefined) return show(only);
  if (type === 'integer' && typeof minimum === 'number' && typeof maximum === 'number') {
    return `a whole number from ${minimum} to ${maximum}`;
  }
  return NOUNS[String(type)] ?? String(type);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text (numbers and true/false in quotes)',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of fields',
};

function describe(schema: unknown): string {
  const { description } = record(schema);
  const words = `expected ${describeExpected(schema)}`;
  return typeof description === 'string' ? `${words} (${description.replace(/\.$/, '')})` : words;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a block of fields';
  return JSON.stringify(value);
}

/** The steps of a JSON pointer. */
function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `spec.brokerSets[0].replicas` */
export function formatPath(steps: readonly string[]): string {
  return steps.reduce((path, step) => {
    if (/^\d+$/.test(step)) return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

function at(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (inner, step) => (inner === null || inner === undefined ? undefined : record(inner)[step]),
    value,
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
