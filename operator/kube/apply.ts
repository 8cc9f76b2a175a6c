/**
 * Children: what belongs to an object is made what it should be, and what should not be goes.
 *
 * A converged object costs no write: a child is left alone when its annotation has the hash of what
 * would be applied and nobody has changed a member of that since. The hash finds what we no longer
 * want (it is not in `desired`, so no comparison would see it), the comparison what others changed.
 */
import { assert } from '../../runtime/mod.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { MANAGED_BY } from '../api/vocabulary/labels.ts';
import { canonicalHash } from './canonical.ts';
import { findDrift } from './drift.ts';
import { ForeignObjectError, KubeError } from './errors.ts';
import {
  controllerOf,
  controllerReference,
  type Desired,
  type KubeObject,
  keyOf,
} from './object.ts';
import type { Context } from './reconciler.ts';
import { MANAGED_BY_LABEL, type Resource, resourceOf } from './resources.ts';

/** Holds the hash of what was last applied. */
const APPLIED_ANNOTATION = annotations.applied.name;

type Part = Pick<Context, 'client' | 'caches' | 'expectations' | 'log'>;

/** Makes `desired` a child of `owner`, and so; false when nothing was to do. */
export async function applyChild(
  context: Part,
  owner: KubeObject,
  desired: Desired,
): Promise<boolean> {
  const resource = resourceOf(desired);
  const child = childOf(owner, desired);
  requireLabel(resource, child);
  const live = await findLive(context, resource, desired);
  const made = live === undefined ? await make(context, owner, child) : undefined;
  if (made !== undefined) return noted(context, child, made);
  if (live !== undefined) {
    refuseForeign(owner, live, resource);
    // What is on its way out cannot be made anything; its going brings the owner back.
    if (live.metadata.deletionTimestamp !== undefined) return false;
    if (isAsDesired(live, child)) return false;
  }
  return noted(context, child, await context.client.apply(resource, child));
}

/**
 * What is of the wanted name and not ours is in no cache, and an apply would be merged into it.
 * Undefined when it is ours, after all.
 */
async function make(
  { client }: Part,
  owner: KubeObject,
  child: Desired,
): Promise<KubeObject | undefined> {
  const resource = resourceOf(child);
  try {
    return await client.apply(resource, child, { mustBeNew: true });
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 409)) throw error;
    const live = await client.find(resource, keyOf(child));
    // Gone meanwhile, or refused for another reason.
    if (live === undefined) throw error;
    refuseUnseen(owner, live);
    return undefined;
  }
}

function noted({ log }: Part, child: Desired, applied: KubeObject): true {
  const drift = findDrift(child, applied);
  if (drift !== undefined) {
    // Applied again each time: either our comparison or what we render is wrong.
    log.warn('The API server keeps something else than was applied', {
      child: `${child.kind} ${child.metadata.name}`,
      path: drift,
    });
  }
  return true;
}

/** Children of `owner` that are not in `wanted` go; how many that were. */
export async function sweep(
  { client, caches }: Pick<Context, 'client' | 'caches'>,
  owner: KubeObject,
  resource: Resource,
  wanted: readonly string[],
): Promise<number> {
  const { uid, namespace } = owner.metadata;
  const children =
    resource.watched === 'no'
      ? await client.list(resource, {
          ...(namespace === undefined ? {} : { namespace }),
          labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
        })
      : caches.of(resource).ownedBy(uid);
  const superfluous = children.filter((child) => {
    const { name, deletionTimestamp } = child.metadata;
    const isOurs = controllerOf(child)?.uid === uid;
    return isOurs && deletionTimestamp === undefined && !wanted.includes(name);
  });
  for (const child of superfluous) {
    await client.remove(resource, keyOf(child), { uid: child.metadata.uid });
  }
  return superfluous.length;
}

/** `desired` as it is sent: in its owner's namespace, owned, with the hash of all of it. */
function childOf(owner: KubeObject, desired: Desired): Desired {
  const { namespace = owner.metadata.namespace, ...rest } = desired.metadata;
  const metadata = {
    ...rest,
    ...(namespace === undefined ? {} : { namespace }),
    ownerReferences: desired.metadata.ownerReferences ?? [controllerReference(owner)],
  };
  const hash = canonicalHash({ ...desired, metadata });
  const annotated = { ...metadata.annotations, [APPLIED_ANNOTATION]: hash };
  return { ...desired, metadata: { ...metadata, annotations: annotated } };
}

function isAsDesired(live: KubeObject, child: Desired): boolean {
  const hash = child.metadata.annotations?.[APPLIED_ANNOTATION];
  return (
    live.metadata.annotations?.[APPLIED_ANNOTATION] === hash && findDrift(child, live) === undefined
  );
}

async function findLive(
  { client, caches, expectations }: Part,
  resource: Resource,
  desired: Desired,
): Promise<KubeObject | undefined> {
  const key = keyOf(desired);
  if (resource.watched === 'no') return client.find(resource, key);
  expectations.requireSeen(resource, key);
  return caches.of(resource).find(key);
}

/** Somebody else's object of that name, or one whose former owner is being cleaned up after. */
function refuseForeign(owner: KubeObject, live: KubeObject, { watched }: Resource): void {
  // What is in the caches has our label: nobody's it can only be since its owner left it behind.
  if (watched === 'no') return refuseUnseen(owner, live);
  const other = controllerOf(live);
  if (other === undefined || other.uid === owner.metadata.uid) return;
  const { kind, metadata } = live;
  throw new ForeignObjectError(
    `Cannot apply ${kind} "${metadata.name}": it belongs to ${other.kind} "${other.name}" (uid ${other.uid})`,
    other,
  );
}

function refuseUnseen(owner: KubeObject, live: KubeObject): void {
  const other = controllerOf(live);
  if (other?.uid === owner.metadata.uid) return;
  const { kind, metadata } = live;
  const whose =
    other === undefined
      ? 'nobody: remove it, or choose another name'
      : `${other.kind} "${other.name}" (uid ${other.uid})`;
  throw new ForeignObjectError(
    `Cannot make ${kind} "${metadata.name}": it exists and belongs to ${whose}`,
    other,
  );
}

/** Without its label a child would never be in the caches, and be applied for ever. */
function requireLabel(resource: Resource, { kind, metadata }: Desired): void {
  const isLabelled = metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY;
  assert(
    resource.watched !== 'managed' || isLabelled,
    `${kind} "${metadata.name}" to have the label ${MANAGED_BY_LABEL}`,
  );
}
