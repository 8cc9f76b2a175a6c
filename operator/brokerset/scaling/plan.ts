/**
 * Groups come and go.
 *
 * A new group beside others starts `Closed`: its broker grants clients nothing, so no route leads
 * to it. It is given the consumer groups and then the topics of a group that serves, and only then
 * opened; its file says which of both it is, so that a restart changes nothing.
 *
 * A group goes only when it is proven empty: nobody reads behind the end of any queue. Then writes
 * are closed (`ReadOnly`, in the file and in the process), it must stay empty for `drain.settle`,
 * and only then its pod is stopped, its routes are seen to be gone, its claims marked, its objects
 * removed. An answer that cannot be had proves nothing. One group at a time, the highest first.
 *
 * `drain.step` in the status says how far it is. It is set before a step is taken that cannot be
 * told from outside; where it is lost, the group is checked from the beginning.
 */
import type { TopicSettings } from '../../access/mod.ts';
import type { BrokerSetSpec } from '../../api/broker-set.ts';
import type { ReasonOf } from '../../api/vocabulary/conditions.ts';
import { PERMISSIONS, type WriteAccess, writeAccessOf } from '../../config/write-access.ts';
import { timeText } from '../../kube/mod.ts';
import { parseDurationMs } from '../../workload/duration.ts';
import { isServing, isThere, isUnrouted, type ObservedGroup } from '../observed.ts';
import { blockersOf, showBlocker } from './emptiness.ts';

export interface CopyMetadata {
  readonly kind: 'CopyMetadata';
  readonly from: string;
  readonly to: string;
  /** Topics that `to` has already. */
  readonly exceptTopics: readonly string[];
  /** Whether `to` may be opened once it has them. */
  readonly thenOpen: boolean;
}

export interface MarkDrained {
  readonly kind: 'MarkDrained';
  readonly group: string;
  readonly claims: readonly { readonly name: string; readonly uid: string }[];
}

export interface StopGroup {
  readonly kind: 'StopGroup';
  readonly group: string;
}

export interface RemoveGroup {
  readonly kind: 'RemoveGroup';
  readonly group: string;
}

export type DrainStep = 'Waiting' | 'Checking' | 'Emptying' | 'WriteClosed' | 'Stopping';

export interface DrainNote {
  readonly step: DrainStep;
  readonly sinceMs: number;
  readonly blockers: readonly string[];
}

export interface DrainBlock {
  readonly reason: Exclude<ReasonOf<'DrainBlocked'>, 'NotBlocked'>;
  readonly message: string;
}

export interface ScalingPlan {
  /** What clients may do on each group, by its name. */
  readonly access: ReadonlyMap<string, WriteAccess>;
  readonly copy: CopyMetadata | undefined;
  readonly mark: MarkDrained | undefined;
  readonly disruptive: StopGroup | RemoveGroup | undefined;
  readonly drains: ReadonlyMap<string, DrainNote>;
  readonly blocked: DrainBlock | undefined;
  /** What each step waits for, for people. */
  readonly waiting: readonly string[];
}

type Spec = Pick<BrokerSetSpec, 'drain' | 'storage' | 'suspend'>;

interface Situation {
  readonly groups: readonly ObservedGroup[];
  readonly spec: Spec;
  readonly nowMs: number;
}

export function planScaling(situation: Situation): ScalingPlan {
  const { groups } = situation;
  const filling = planFilling(groups);
  const victim = findVictim(groups);
  const waitingVictims = groups.filter((group) => isLeaving(group) && group !== victim);
  const draining = victim === undefined ? NOT_DRAINING : planDrain(victim, situation);
  const notes = waitingVictims.map((group) => [group.name, noteOf(group, 'Waiting', situation)]);
  const drains = new Map<string, DrainNote>(notes as [string, DrainNote][]);
  if (victim !== undefined && draining.note !== undefined) drains.set(victim.name, draining.note);
  const access = new Map(groups.map((group) => [group.name, accessOf(group, groups)]));
  if (victim !== undefined && draining.access !== undefined) {
    access.set(victim.name, draining.access);
  }
  return {
    access,
    copy: draining.copy ?? filling.copy,
    mark: draining.mark,
    disruptive: draining.disruptive,
    drains,
    blocked: draining.blocked,
    waiting: [...filling.waiting, ...draining.waiting],
  };
}

/** The group that is taken away next: the highest that is there and not wanted. */
export function findVictim(groups: readonly ObservedGroup[]): ObservedGroup | undefined {
  return groups.findLast(isLeaving);
}

function isLeaving(group: ObservedGroup): boolean {
  return !group.isWanted && isThere(group) && group.foreign === undefined;
}

function accessOf(group: ObservedGroup, groups: readonly ObservedGroup[]): WriteAccess {
  if (!group.isWanted) return group.file === undefined ? 'Open' : writeAccessOf(group.file);
  const isNew = group.file === undefined && group.set === undefined;
  const isUnfilled = group.file !== undefined && writeAccessOf(group.file) === 'Closed';
  // A set that is there without its file was opened once: the file comes before the set.
  if (!isNew && !isUnfilled) return 'Open';
  return groups.some((other) => other !== group && isOpen(other)) ? 'Closed' : 'Open';
}

/** A group that others can be filled from, now or when it is up again. */
function isOpen({ isWanted, file }: ObservedGroup): boolean {
  return isWanted && file !== undefined && writeAccessOf(file) === 'Open';
}

interface Filling {
  readonly copy: CopyMetadata | undefined;
  readonly waiting: readonly string[];
}

function planFilling(groups: readonly ObservedGroup[]): Filling {
  const unfilled = groups.filter(
    (group) => group.isWanted && group.file !== undefined && accessOf(group, groups) === 'Closed',
  );
  if (unfilled.length === 0) return { copy: undefined, waiting: [] };
  const reference = groups.find((group) => isOpen(group) && isServing(group));
  const ready = unfilled.find(isServing);
  const copy =
    reference === undefined || ready === undefined
      ? undefined
      : ({
          kind: 'CopyMetadata',
          from: reference.name,
          to: ready.name,
          exceptTopics: [],
          thenOpen: true,
        } as const);
  const names = unfilled.map(({ name }) => name).join(', ');
  const why = reference === undefined ? 'no other group answers' : 'until it answers';
  return { copy, waiting: [`${names} gets its topics before it opens: ${why}`] };
}

interface Draining {
  readonly note: DrainNote | undefined;
  readonly access?: WriteAccess;
  readonly copy?: CopyMetadata | undefined;
  readonly mark?: MarkDrained | undefined;
  readonly disruptive?: StopGroup | RemoveGroup | undefined;
  readonly blocked?: DrainBlock | undefined;
  readonly waiting: readonly string[];
}

const NOT_DRAINING: Draining = { note: undefined, waiting: [] };

function planDrain(victim: ObservedGroup, situation: Situation): Draining {
  if (victim.was?.drain?.step === 'Stopping') return planStop(victim, situation);
  const access = victim.file === undefined ? 'Open' : writeAccessOf(victim.file);
  // Nobody was ever led to it: there is nothing on it, and nobody to ask is needed.
  if (access === 'Closed') return stopNext(victim, situation);
  const blocked = findBlock(victim, situation);
  if (blocked !== undefined) return stay(victim, { ...situation, blocked, access });
  const copy = findLonelyTopics(victim, situation);
  if (copy !== undefined) {
    const waiting = [`${copy.to} is given the topics that only ${victim.name} has`];
    return { note: noteOf(victim, 'Checking', situation), copy, waiting };
  }
  return planSettle(victim, situation);
}

interface Blocked extends Situation {
  readonly blocked: Block;
  readonly access: WriteAccess;
}

/** What is closed stays closed while the last readers read: that is how it becomes empty. */
function stay(victim: ObservedGroup, { blocked, access, ...situation }: Blocked): Draining {
  const { blockers, ...block } = blocked;
  const mayPass = block.reason === 'NotEmpty' || block.reason === 'Unknown';
  const isClosed = access === 'ReadOnly' && mayPass;
  return {
    note: noteOf(victim, isClosed ? 'Emptying' : 'Checking', situation, blockers),
    access: isClosed ? 'ReadOnly' : 'Open',
    blocked: block,
    waiting: [block.message],
  };
}

/** Empty, and writes closed: long enough for clients to have noticed? */
function planSettle(victim: ObservedGroup, situation: Situation): Draining {
  const { nowMs, spec } = situation;
  const isClosed = victim.settings?.['brokerPermission'] === PERMISSIONS.ReadOnly;
  const note = noteOf(victim, 'WriteClosed', situation);
  const sinceMs = isClosed ? note.sinceMs : nowMs;
  const untilMs = sinceMs + parseDurationMs(spec.drain.settle);
  if (isClosed && nowMs >= untilMs) return stopNext(victim, situation);
  const until = isClosed ? `until ${timeText(untilMs)}` : 'once its broker knows it';
  return {
    note: { ...note, sinceMs },
    access: 'ReadOnly',
    waiting: [`${victim.name} is closed for writing and has to stay empty ${until}`],
  };
}

/** Noted first, done when it is seen in the status. */
function stopNext(victim: ObservedGroup, situation: Situation): Draining {
  const waiting = [`${victim.name} is empty and will be stopped`];
  return { note: noteOf(victim, 'Stopping', situation), waiting };
}

function planStop(victim: ObservedGroup, situation: Situation): Draining {
  const note = noteOf(victim, 'Stopping', situation);
  const { set, pod, name, routes, claims } = victim;
  const base = { note };
  if (set !== undefined && set.replicas > 0) {
    const disruptive = { kind: 'StopGroup', group: name } as const;
    return { ...base, disruptive, waiting: [`${name} is being stopped`] };
  }
  if (pod !== undefined) return { ...base, waiting: [`pod ${pod.name} is stopping`] };
  if (!isUnrouted(victim)) {
    const { asked, answered } = routes;
    const why =
      asked > answered || asked === 0 ? 'not all name servers answer' : 'one still names it';
    return { ...base, waiting: [`routes to ${name} have to be gone: ${why}`] };
  }
  const kept = situation.spec.storage.retention.whenScaled === 'Retain' ? claims : [];
  const unmarked = kept.filter(({ drainedAt, isGoing }) => drainedAt === undefined && !isGoing);
  if (unmarked.length > 0) {
    const mark = { kind: 'MarkDrained', group: name, claims: unmarked } as const;
    return { ...base, mark, waiting: [`claims of ${name} are kept`] };
  }
  if (kept.some(({ owners }) => set !== undefined && owners.includes(set.uid))) {
    return { ...base, waiting: [`claims of ${name} have to be let go by their StatefulSet`] };
  }
  const disruptive = { kind: 'RemoveGroup', group: name } as const;
  return { ...base, disruptive, waiting: [`${name} is being removed`] };
}

function noteOf(
  { was }: ObservedGroup,
  step: DrainStep,
  { nowMs }: Situation,
  blockers: readonly string[] = [],
): DrainNote {
  const sinceMs = was?.drain?.step === step ? Date.parse(was.drain.since) : nowMs;
  return { step, sinceMs, blockers };
}

interface Block extends DrainBlock {
  readonly blockers: readonly string[];
}

const BLOCKERS_SHOWN = 5;

/** What forbids to take `victim` away, as far as anybody can tell. */
function findBlock(victim: ObservedGroup, { groups, spec }: Situation): Block | undefined {
  const { name, contents, topics } = victim;
  if (spec.drain.policy === 'Forbid') {
    return { reason: 'Forbidden', message: `${name} stays: drain.policy is Forbid`, blockers: [] };
  }
  if (!groups.some((group) => isOpen(group) && isServing(group))) {
    const message = `${name} stays: no other group of the set takes messages`;
    return { reason: 'LastGroup', message, blockers: [] };
  }
  if (contents === undefined || topics === undefined) {
    const message = `${name} stays: its broker cannot be asked what it holds`;
    return { reason: 'Unknown', message, blockers: [] };
  }
  const inOrder = spec.drain.orderedTopics === 'Block' ? topics.filter(isOrdered) : [];
  const blockers = [
    ...inOrder.map(({ topic }) => `"${topic}" is ordered: its queues cannot move`),
    ...blockersOf(contents, { unclaimed: spec.drain.noSubscriberTopics }).map(showBlocker),
  ].slice(0, BLOCKERS_SHOWN);
  if (blockers.length === 0) return undefined;
  return { reason: 'NotEmpty', message: `${name} stays: ${blockers.join('; ')}`, blockers };
}

/** Topics would vanish with the group that alone has them: another one is given them before. */
function findLonelyTopics(victim: ObservedGroup, { groups }: Situation): CopyMetadata | undefined {
  for (const { name, topics, isWanted } of groups) {
    if (!isWanted || topics === undefined) continue;
    const known = new Set(topics.map(({ topic }) => topic));
    const missing = victim.topics?.some((one) => !isOrdered(one) && !known.has(one.topic));
    if (missing !== true) continue;
    const exceptTopics = [...known];
    return { kind: 'CopyMetadata', from: victim.name, to: name, exceptTopics, thenOpen: false };
  }
  return undefined;
}

function isOrdered({ order, attributes }: TopicSettings): boolean {
  return order || attributes['message.type'] === 'FIFO';
}
