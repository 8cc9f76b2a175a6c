/** Whose data the claims of a set hold, and that it is said on each of them. Pure. */
import { clusterName } from '../api/broker-set.ts';
import { dataOwner } from '../resources/labels.ts';
import type { VolumeOwner } from '../workload/volumes/plan.ts';
import type { Observed, ObservedGroup } from './observed.ts';

/** Says on a claim whose data it holds, and that it is in use. */
export interface MarkClaim {
  readonly kind: 'MarkClaim';
  readonly claim: string;
  readonly uid: string;
  readonly owner: string;
}

/** A claim that nobody has marked is ours when a pod of ours uses it; one in use is not drained. */
export function claimMarks(observed: Observed): MarkClaim[] {
  return observed.groups.flatMap((group) => {
    const { dataOwner: owner } = volumeOwnerOf(observed)(group);
    if (!group.isWanted || group.foreign !== undefined || group.set === undefined) return [];
    return group.claims
      .filter((claim) => !claim.isGoing && (claim.owner === undefined || claim.drainedAt))
      .filter((claim) => claim.owner === undefined || claim.owner === owner)
      .map(({ name, uid }) => ({ kind: 'MarkClaim', claim: name, uid, owner }) as const);
  });
}

export function volumeOwnerOf({ brokerSet, version }: Observed) {
  return ({ name, set, claims }: ObservedGroup): VolumeOwner => ({
    name,
    set,
    claims,
    dataOwner: brokerDataOwner(brokerSet, name, version),
  });
}

export function brokerDataOwner(
  brokerSet: Observed['brokerSet'],
  group: string,
  version: string,
): string {
  const { metadata } = brokerSet;
  const cluster = clusterName(brokerSet);
  return dataOwner({ component: 'broker', metadata, version, group, clusterName: cluster });
}
