/** `config`: keys of the role's own file, for whatever no field says; and the limits of overriding. */
import Type from 'typebox';
import type { PodOptions } from './blocks/pod.ts';
import type { Rule } from './rule.ts';

export const configField = () =>
  Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 4096 },
    propertyNames: {
      pattern: '^[a-zA-Z][a-zA-Z0-9]*$',
      maxLength: 100,
      expected: 'the name of an option',
    },
    maxProperties: 100,
    default: {},
    description: "Options of the role's own file, by RocketMQ's names; values are text.",
  });

interface WithConfig {
  readonly config: Readonly<Record<string, string>>;
}

/** `key` may not stand in `config`: `why`, or which field to use. */
export function reservedRule<Spec extends WithConfig>(key: string, why: string): Rule<Spec> {
  return {
    path: `spec.config.${key}`,
    cel: `!has(self.config) || !('${key}' in self.config)`,
    holds: ({ spec }) => !Object.hasOwn(spec.config, key),
    message: `${key} is rendered from the spec: ${why}; leave it out`,
  };
}

/** Keys that a field of the spec stands for, and which. */
export type ReservedKeys = Readonly<Record<string, string>>;

interface WithOverrides {
  readonly overrides: { readonly pod?: Readonly<Record<string, unknown>> };
  readonly pod: PodOptions;
}

/** An override of what selects or names things would tear the rendered objects apart. */
export function overrideRules<Spec extends WithOverrides>(): Rule<Spec>[] {
  return [
    {
      path: 'spec.overrides.pod.spec.containers',
      cel: '!has(self.overrides) || !has(self.overrides.pod) || !has(self.overrides.pod.spec) || !has(self.overrides.pod.spec.containers)',
      holds: ({ spec }) => member(spec.overrides.pod, 'spec', 'containers') === undefined,
      message: 'a merge patch replaces the whole list of containers; use `pod` and `pod.sidecars`',
    },
    {
      path: 'spec.overrides.pod.metadata.labels',
      cel: '!has(self.overrides) || !has(self.overrides.pod) || !has(self.overrides.pod.metadata) || !has(self.overrides.pod.metadata.labels)',
      holds: ({ spec }) => member(spec.overrides.pod, 'metadata', 'labels') === undefined,
      message: 'labels select the pods of a component; add more of them under `pod.labels`',
    },
  ];
}

function member(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
