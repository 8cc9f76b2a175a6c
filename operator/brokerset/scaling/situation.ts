/** What scaling looks at, and which group goes next. Pure. */
import type { BrokerSetSpec } from '../../api/broker-set.ts';
import { isThere, type ObservedGroup, type OtherGroup } from '../observed.ts';

type Spec = Pick<BrokerSetSpec, 'drain' | 'storage' | 'suspend'>;

export interface Situation {
  readonly groups: readonly ObservedGroup[];
  /** Groups of other sets of the cluster. */
  readonly neighbours: readonly OtherGroup[];
  readonly spec: Spec;
  readonly clusterName: string;
  readonly nowMs: number;
}

/** The group that is taken away next: the highest that is there and not wanted. */
export function findVictim(groups: readonly ObservedGroup[]): ObservedGroup | undefined {
  return groups.findLast(isLeaving);
}

export function isLeaving(group: ObservedGroup): boolean {
  return !group.isWanted && isThere(group) && group.foreign === undefined;
}
