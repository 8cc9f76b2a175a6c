/** Checks a manifest of known structure: rules across fields, and behaviour that comes later. */
import { isDeepStrictEqual } from 'node:util';
import type { TSchema } from 'typebox';
import { formatPath, withDefaults } from './check.ts';
import type { Problem } from './problem.ts';
import type { Later, LocalTransition, Named, Rule, Runner, TransitionRule } from './rule.ts';

export function broken<Spec>(rules: readonly Rule<Spec>[], manifest: Named<Spec>): Problem[] {
  return rules
    .filter((rule) => !rule.holds(manifest))
    .map(({ path, message }) => ({
      path,
      message: typeof message === 'string' ? message : message(manifest),
    }));
}

export function brokenTransitions<Spec>(
  rules: readonly (TransitionRule<Spec> | LocalTransition<Spec>)[],
  now: Named<Spec>,
  before: Named<Spec>,
): Problem[] {
  return rules
    .filter((rule) => !rule.holds(now, before))
    .map(({ path, message }) => ({
      path,
      message: typeof message === 'string' ? message : message(now, before),
    }));
}

/**
 * The fields of `manifest` (defaults filled in) that ask `runner` for what is not there yet.
 * Reported at the innermost field that differs from its default, so that an error shows the line to
 * change.
 */
export function notYet(
  rows: readonly Later[],
  manifest: unknown,
  { schema, runner }: { readonly schema: TSchema; readonly runner: Runner },
): Problem[] {
  const defaults = defaultsOf(schema);
  return rows
    .filter(({ onlyIn }) => onlyIn !== runner)
    .flatMap(({ path, reason, remedy, works, onlyIn }) => {
      const steps = path.split('.');
      const value = at(manifest, steps);
      if (works?.some((one) => isDeepStrictEqual(one, value)) === true) return [];
      const usual = works === undefined ? at(defaults, steps) : NOTHING;
      const when = onlyIn === undefined ? 'possible yet' : `possible with \`${runner}\``;
      return differences(value, usual, steps).map((place) => ({
        path: formatPath(place),
        message: `${show(at(manifest, place))} is not ${when}: ${reason}; ${remedy}`,
        isLater: true,
      }));
    });
}

/** Equal to no value of a manifest. */
const NOTHING = Symbol('nothing');

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
