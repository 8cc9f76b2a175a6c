/** The status of an object of ours: written only when it says something else than before. */
import { canonicalJson } from './canonical.ts';
import type { Condition } from './conditions.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { Context } from './reconciler.ts';
import type { Resource } from './resources.ts';

/**
 * False when the object has this status already. Times of conditions that did not change stay. An
 * empty list and none are the same: the API server drops the one and fills in the other. */
export async function writeStatus(
  { client }: Pick<Context, 'client'>,
  resource: Resource,
  object: KubeObject,
  status: object,
): Promise<boolean> {
  const next = withoutEmptyLists(withOldTimes(status, object.status)) as object;
  if (canonicalJson(next) === canonicalJson(withoutEmptyLists(object.status ?? {}))) return false;
  await client.applyStatus(resource, keyOf(object), next);
  return true;
}

function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([, member]) => !Array.isArray(member) || member.length > 0,
  );
  return Object.fromEntries(members.map(([name, member]) => [name, withoutEmptyLists(member)]));
}

interface WithConditions {
  readonly conditions?: readonly Condition[];
}

function withOldTimes(status: object, before: unknown): object {
  const { conditions } = status as WithConditions;
  if (conditions === undefined) return status;
  const old = (before as WithConditions | undefined)?.conditions ?? [];
  return {
    ...status,
    conditions: conditions.map((condition) => {
      const same = old.find(
        (one) => one.type === condition.type && one.status === condition.status,
      );
      return same === undefined
        ? condition
        : { ...condition, lastTransitionTime: same.lastTransitionTime };
    }),
  };
}
