/** The status of an object of ours: written only when it says something else than before. */
import { canonicalJson } from './canonical.ts';
import type { Condition } from './conditions.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { Context } from './reconciler.ts';
import type { Resource } from './resources.ts';

/** False when the object has this status already. Times of conditions that did not change stay. */
export async function writeStatus(
  { client }: Pick<Context, 'client'>,
  resource: Resource,
  object: KubeObject,
  status: object,
): Promise<boolean> {
  const next = withOldTimes(status, object.status);
  if (canonicalJson(next) === canonicalJson(object.status ?? {})) return false;
  await client.applyStatus(resource, keyOf(object), next);
  return true;
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
