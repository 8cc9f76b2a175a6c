/** The status of an object of ours: written only when it says something else than before. */
import { canonicalJson } from './canonical.ts';
import type { KubeClient, StatusTarget } from './client.ts';
import type { Condition } from './conditions.ts';
import { BehindError, KubeError } from './errors.ts';
import { type KubeObject, keyOf, keyText } from './object.ts';
import type { Context } from './reconciler.ts';
import type { Resource } from './resources.ts';

/** Of one status, each for the version that is there by then. */
const TRIES_MAX = 4;

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
  await writeTo(client, resource, object, next);
  return true;
}

/**
 * To the object that was read: a status speaks of no other one of the name. A version is of one
 * object only; that it is not the newest of this one does not matter, for nobody else writes this.
 */
async function writeTo(
  client: KubeClient,
  resource: Resource,
  object: KubeObject,
  status: object,
): Promise<void> {
  const key = keyOf(object);
  const { uid } = object.metadata;
  let target: StatusTarget = { ...key, uid, resourceVersion: object.metadata.resourceVersion };
  for (let tries = 1; ; tries++) {
    try {
      await client.applyStatus(resource, target, status);
      return;
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 409)) throw error;
      const found = await client.find(resource, key);
      const what = `${resource.kind} "${keyText(key)}"`;
      if (found?.metadata.uid !== uid) throw new BehindError(`${what} is another one by now`);
      if (tries === TRIES_MAX) throw new BehindError(`${what} changes all the time`);
      target = { ...key, resourceVersion: found.metadata.resourceVersion };
    }
  }
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
