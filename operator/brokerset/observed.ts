/**
 * A broker set as it was found: what the API server holds, and what brokers and name servers say
 * themselves. Plain data, so that plans are functions of it. `undefined` is unknown, never "bad".
 */

import type { Settings, TopicContents, TopicSettings } from '../access/mod.ts';
import type { BrokerSet } from '../api/broker-set.ts';
import type { GroupStatus } from '../api/status/broker-set.ts';
import type { Condition } from '../api/status/conditions.ts';
import type { StalledReason } from '../api/vocabulary/conditions.ts';
import type { Properties } from '../config/key-table.ts';
import type { ClaimFacts } from '../workload/claim-facts.ts';
import type { NodeState } from '../workload/node-state.ts';
import type { PodFacts } from '../workload/pod-facts.ts';
import type { SetFacts } from '../workload/set-facts.ts';

export interface Foreign {
  readonly reason: StalledReason & ('ForeignObject' | 'IdentityMismatch');
  readonly message: string;
}

/** How many name servers there are, how many of them answered, and how many lead to the group. */
export interface Routes {
  readonly asked: number;
  readonly answered: number;
  readonly leading: number;
}

/** A group that is to be there, or of which something is there. */
export interface ObservedGroup {
  readonly index: number;
  readonly name: string;
  readonly isWanted: boolean;
  readonly set: SetFacts | undefined;
  /** Of its one broker; with replicas a group has more. */
  readonly pod: PodFacts | undefined;
  readonly claims: readonly ClaimFacts[];
  /** Why Kubernetes cannot make its pod or claims, in its words; asked only while there is no pod. */
  readonly creationFailure: string | undefined;
  /** The group's file as it is now. */
  readonly file: Properties | undefined;
  /** What of the wanted name belongs to somebody else: nothing of the group is touched then. */
  readonly foreign: Foreign | undefined;
  readonly node: NodeState;
  /** Of the node that evicted the pod of the last look; asked only when that is gone. */
  readonly eviction: string | undefined;
  /** Whether its broker answers and is the one it should be. */
  readonly answers: boolean | undefined;
  readonly brokerId: number | undefined;
  readonly settings: Settings | undefined;
  readonly routes: Routes;
  /** Asked only while a group is to be taken away. */
  readonly topics: readonly TopicSettings[] | undefined;
  /** Asked only of the group that goes next. */
  readonly contents: readonly TopicContents[] | undefined;
  readonly was: GroupStatus | undefined;
}

/** A group of another set of the same cluster, whose broker answers. */
export interface OtherGroup {
  readonly set: string;
  readonly name: string;
  readonly address: string;
  readonly takesMessages: boolean;
  readonly topics: readonly TopicSettings[] | undefined;
}

export interface Observed {
  readonly brokerSet: BrokerSet;
  /** It is deleted, and goes when all its groups are gone. */
  readonly isGoing: boolean;
  readonly nowMs: number;
  readonly version: string;
  /** host:port of each; undefined when the NameServer that the spec names does not exist. */
  readonly nameServers: readonly string[] | undefined;
  /** By index. */
  readonly groups: readonly ObservedGroup[];
  /** Asked only while a group is to be taken away. */
  readonly neighbours: readonly OtherGroup[];
  /** Whether the storage class lets volumes grow. */
  readonly isExpandable: boolean | undefined;
  readonly conditions: readonly Condition[];
}

/** Host and port of the group's broker, as the operator reaches it. */
export function isRunning(
  group: ObservedGroup,
): group is ObservedGroup & { readonly pod: PodFacts & { readonly ip: string } } {
  const { pod } = group;
  return pod !== undefined && !pod.isGoing && pod.ip !== undefined;
}

/** Whether it does what it is there for. */
export function isServing({ pod, answers }: ObservedGroup): boolean {
  return pod?.isReady === true && answers === true;
}

/** Whether there is anything of it in Kubernetes besides claims. */
export function isThere({ set, pod, file }: ObservedGroup): boolean {
  return set !== undefined || pod !== undefined || file !== undefined;
}

/** No client can be led to it any more: known of every name server. */
export function isUnrouted({ routes: { asked, answered, leading } }: ObservedGroup): boolean {
  return asked > 0 && answered === asked && leading === 0;
}

/** A name server answers and does not lead to it; a new group has to be seen on one before. */
export function isMissingRoutes(group: ObservedGroup): boolean {
  const { answered, leading } = group.routes;
  return leading < answered || (isNew(group) && leading === 0);
}

/** Whether a broker with these settings lets clients write. */
export function takesWrites(settings: Settings | undefined): boolean {
  return (Number(settings?.['brokerPermission']) & MAY_WRITE) !== 0;
}

const MAY_WRITE = 2;

/** Whether it has never served. */
export function isNew({ was }: ObservedGroup): boolean {
  return was?.phase === undefined || was.phase === 'Pending' || was.phase === 'Creating';
}
