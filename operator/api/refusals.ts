/** Checks a manifest of known structure: rules across fields, and behaviour that comes later. */
import { isDeepStrictEqual } from 'node:util';
import type { TSchema } from 'typebox';
import { formatPath, withDefaults } from './check.ts';
import type { Problem } from './problem.ts';
import type { Later, Named, Rule, TransitionRule } from './rule.ts';

export function broken<Spec>(rules: readonly Rule<Spec>[], manifest: Named<Spec>): Problem[] {
  return rules
    .filter((rule) => !rule.holds(manifest))
    .map(({ path, message }) => ({ path, message: message(manifest) }));
}

export function brokenTransitions<Spec>(
  rules: readonly TransitionRule<Spec>[],
  now: Named<Spec>,
  before: Named<Spec>,
): Problem[] {
  return rules
    .filter((rule) => !rule.holds(now, before))
    .map(({ path, message }) => ({ path, message: message(now, before) }));
}

/**
 * The fields of `manifest` (defaults filled in) that ask for what is not there yet. Reported at
 * the innermost field that differs from its default, so that an error shows the line to change.
 */
export function notYet(rows: readonly Later[], manifest: unknown, schema: TSchema): Problem[] {
  return rows.flatMap((row) => {
    const { path, reason, remedy } = row;
    const steps = path.split('.');
    const value = at(manifest, steps);
    const usual = 'only' in row ? row.only : at(defaultsOf(schema), steps);
    return differences(value, usual, steps).map((place) => ({
      path: formatPath(place),
      message: `${show(at(manifest, place))} is not possible yet: ${reason}; ${remedy}`,
    }));
  });
}

function differences(value: unknown, usual: unknown, steps: readonly string[]): string[][] {
  if (isDeepStrictEqual(value, usual)) return [];
  if (!isBlock(value) || !isBlock(usual)) return [[...steps]];
  return Object.keys(value).flatMap((name) =>
    differences(value[name], usual[name], [...steps, name]),
  );
}

/** A manifest of nothing but defaults. */
function defaultsOf(schema: TSchema): unknown {
  return withDefaults(schema, { metadata: {}, spec: {} });
}

function at(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((inner, step) => (isBlock(inner) ? inner[step] : undefined), value);
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'this list';
  return isBlock(value) ? 'this block' : JSON.stringify(value);
}
