/** From a change in the caches to the objects that are to be looked at because of it. */

import type { Caches } from './caches.ts';
import { canonicalJson } from './canonical.ts';
import { type Priority, priorities } from './fair-lines.ts';
import { type Key, type KubeObject, keyOf } from './object.ts';
import type { Reconciler } from './reconciler.ts';
import type { Resource } from './resources.ts';
import type { Change } from './store.ts';

export type Enqueue = (key: Key, priority: Priority) => void;

/** What is to be observed for a kind: each of these resources, with what a change of it means. */
export function triggersOf(
  { resource, owns, follows = [] }: Reconciler,
  caches: Caches,
  enqueue: Enqueue,
): readonly { readonly resource: Resource; readonly onChange: (change: Change) => void }[] {
  const own = (change: Change): void => {
    if (isForUs(change)) enqueue(keyOf(change.object), priorities.urgent);
  };
  const owned = ({ object }: Change): void => {
    for (const key of ownersOf(object, resource)) enqueue(key, priorities.child);
  };
  return [
    { resource, onChange: own },
    ...owns.map((child) => ({ resource: child, onChange: owned })),
    ...follows.map(({ resource: followed, keysOf, matter }) => ({
      resource: followed,
      onChange: ({ kind, object, before }: Change): void => {
        if (kind === 'Modified' && before !== undefined && matter !== undefined) {
          if (canonicalJson(matter(object)) === canonicalJson(matter(before))) return;
        }
        for (const key of keysOf(object, caches)) enqueue(key, priorities.child);
        // Whom it concerned before must hear that it does no more.
        for (const key of before ? keysOf(before, caches) : []) enqueue(key, priorities.child);
      },
    })),
  ];
}

/** A new status alone is our own doing, and no reason to look again. */
function isForUs({ kind, object, before }: Change): boolean {
  if (kind !== 'Modified' || before === undefined) return true;
  return canonicalJson(withoutStatus(object)) !== canonicalJson(withoutStatus(before));
}

function withoutStatus({ metadata }: KubeObject): object {
  const { generation, labels, annotations, ownerReferences, finalizers, deletionTimestamp } =
    metadata;
  return { generation, labels, annotations, ownerReferences, finalizers, deletionTimestamp };
}

/** By any of its references: a pod may belong to a StatefulSet and to a kind of ours besides. */
function ownersOf({ metadata }: KubeObject, owner: Resource): Key[] {
  const { namespace, ownerReferences = [] } = metadata;
  return ownerReferences
    .filter(({ apiVersion, kind }) => kind === owner.kind && apiVersion === owner.apiVersion)
    .map(({ name }) => (namespace === undefined ? { name } : { namespace, name }));
}
