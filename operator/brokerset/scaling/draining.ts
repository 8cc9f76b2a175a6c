/** One group on its way out, step by step; each is known from outside, or noted before it is taken. Pure. */
import { PERMISSIONS, type WriteAccess } from '../../config/write-access.ts';
import { timeText } from '../../kube/mod.ts';
import { parseDurationMs } from '../../workload/duration.ts';
import { isUnrouted, type ObservedGroup } from '../observed.ts';
import type { CopyMetadata, MarkDrained, RemoveGroup, StopGroup } from './actions.ts';
import { type Block, type DrainBlock, findBlock, findLonelyTopics } from './blocks.ts';
import { leavingAccess } from './filling.ts';
import type { Situation } from './situation.ts';

export type DrainStep = 'Waiting' | 'Checking' | 'Emptying' | 'WriteClosed' | 'Stopping';

export interface DrainNote {
  readonly step: DrainStep;
  readonly sinceMs: number;
  readonly blockers: readonly string[];
}

export interface Draining {
  readonly note: DrainNote | undefined;
  readonly access?: WriteAccess;
  readonly copy?: CopyMetadata | undefined;
  readonly mark?: MarkDrained | undefined;
  readonly disruptive?: StopGroup | RemoveGroup | undefined;
  readonly blocked?: DrainBlock | undefined;
  readonly waiting: readonly string[];
}

export const NOT_DRAINING: Draining = { note: undefined, waiting: [] };

export function planDrain(victim: ObservedGroup, situation: Situation): Draining {
  const access = leavingAccess(victim);
  if (isPastJudging(victim, access)) return planStop(victim, situation);
  // Nobody was ever led to it: there is nothing on it, and nobody to ask is needed.
  if (access === 'Closed') return stopNext(victim, situation);
  const blocked = findBlock(victim, situation);
  if (blocked !== undefined) return stay(victim, { ...situation, blocked, access });
  const copy = findLonelyTopics(victim, situation);
  if (copy !== undefined) {
    const waiting = [`${copy.to} is given the topics that only ${victim.name} has`];
    return { note: noteOf(victim, 'Checking', situation), access, copy, waiting };
  }
  return planSettle(victim, situation);
}

/** While it runs and answers, its contents are judged with each look, although it is to be stopped. */
function isPastJudging(victim: ObservedGroup, access: WriteAccess): boolean {
  if (!isToStop(victim)) return false;
  const isRunning = victim.set !== undefined && victim.set.replicas > 0;
  return access === 'Closed' || !isRunning || victim.answers !== true;
}

function isToStop({ was }: ObservedGroup): boolean {
  return was?.drain?.step === 'Stopping';
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
  if (isClosed && isToStop(victim)) return planStop(victim, situation);
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
  const base = { note, access: leavingAccess(victim) };
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

export function noteOf(
  { was }: ObservedGroup,
  step: DrainStep,
  { nowMs }: Situation,
  blockers: readonly string[] = [],
): DrainNote {
  const sinceMs = was?.drain?.step === step ? Date.parse(was.drain.since) : nowMs;
  return { step, sinceMs, blockers };
}
