/**
 * Taking a topic from the broker groups of sets that the spec names no longer. Pure.
 *
 * With `Retain` it stays there and is not ours any more. With `Delete` it goes without losing a
 * message, as queues do: first it is closed for writing there and read on; when that is so for long
 * enough for every producer to know, and every group that has ever read the topic has read what is
 * there, it is closed altogether, so that no route leads there, and then removed.
 *
 * Invariants: only what the status names is touched, for of anything else nobody knows whose it is;
 * a broker that does not answer is waited for; nothing is removed that could be written a look ago.
 */
import type { Found, TopicContents, TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { BrokerView } from '../entity/observed.ts';
import type { EntityAction } from '../entity/planned.ts';
import { timeText } from '../kube/mod.ts';
import { differences } from './settings.ts';
import { closedSinceMs, isSettled } from './settling.ts';
import { readersAnywhere, unheardOf, unreadOf } from './unread.ts';

export type Leaving = NonNullable<TopicStatus['leaving']>[number];

export const NOTHING_LEFT: LeavingPlan = { actions: [], status: [], released: [], removed: [] };

/** Bits of a permission. */
const READ = 4;
const WRITE = 2;

const BLOCKERS_MAX = 5;

export interface LeavingBroker extends BrokerView<TopicSettings> {
  /** Whether it is told anything: not while it is made, or taken away itself. */
  readonly isServing: boolean;
}

export interface LeavingFacts {
  readonly deletionPolicy: 'Retain' | 'Delete';
  readonly wanted: TopicSettings;
  /** That were told of the topic, and that the spec names no longer. */
  readonly brokers: readonly LeavingBroker[];
  /** By broker group, of these and of all that keep the topic: who reads it is told by any. */
  readonly contents: ReadonlyMap<string, Found<TopicContents>>;
  readonly before: readonly Leaving[];
  readonly nowMs: number;
}

export interface LeavingPlan {
  readonly actions: readonly EntityAction<TopicSettings>[];
  /** Of the groups that it is still to be taken from. */
  readonly status: readonly Leaving[];
  /** Broker groups that keep it, and where it is not ours any more. */
  readonly released: readonly string[];
  /** Broker groups from which it has gone. */
  readonly removed: readonly string[];
}

interface Step {
  readonly put?: TopicSettings;
  readonly isRemoval?: true;
  /** Absent when it is over there. */
  readonly left?: Leaving;
  readonly end?: 'released' | 'removed';
}

export function planLeaving(facts: LeavingFacts): LeavingPlan {
  const steps = facts.brokers.map((broker) => [broker, stepOf(broker, facts)] as const);
  const ended = (how: Step['end']): string[] =>
    steps.filter(([, { end }]) => end === how).map(([{ group }]) => group);
  return {
    actions: steps.flatMap(([broker, step]) => actionsOf(broker, step)),
    status: steps.flatMap(([, { left }]) => left ?? []),
    released: ended('released'),
    removed: ended('removed'),
  };
}

function stepOf(broker: LeavingBroker, facts: LeavingFacts): Step {
  const { group, found, isServing } = broker;
  const { deletionPolicy, before, nowMs } = facts;
  const was = before.find(({ name }) => name === group);
  if (found === 'none') return was === undefined ? {} : { end: 'removed' };
  if (deletionPolicy === 'Retain' && was === undefined) return { end: 'released' };
  if (found === undefined || !isServing) return waiting(broker, was, nowMs);
  if (deletionPolicy === 'Retain') return reopened(group, found, facts);
  const isClosed = was?.step === 'Removing' && (found.perm & WRITE) === 0;
  return isClosed ? removal(was, found) : reading(broker, found, was, facts);
}

function waiting(
  { group, isServing }: LeavingBroker,
  was: Leaving | undefined,
  nowMs: number,
): Step {
  const { step = 'Reading', since = timeText(nowMs) } = was ?? {};
  const why = isServing ? 'does not answer' : 'does not serve';
  return { left: { name: group, step, since, blockers: [`${group} ${why}`] } };
}

/** Somebody has thought better of it: what was closed for it is opened again. */
function reopened(name: string, found: TopicSettings, { wanted, nowMs }: LeavingFacts): Step {
  const { perm } = wanted;
  if (found.perm === perm) return { end: 'released' };
  return {
    put: { ...found, perm },
    left: { name, step: 'Reading', since: timeText(nowMs) },
  };
}

function removal(was: Leaving, found: TopicSettings): Step {
  const left = { name: was.name, step: was.step, since: was.since };
  return found.perm === 0 ? { isRemoval: true, left } : { put: { ...found, perm: 0 }, left };
}

function reading(
  { group }: LeavingBroker,
  found: TopicSettings,
  was: Leaving | undefined,
  { contents, nowMs }: LeavingFacts,
): Step {
  const closed = { name: group, step: 'Reading', since: timeText(nowMs) } as const;
  if (found.perm !== READ) return { put: { ...found, perm: READ }, left: closed };
  const sinceMs = closedSinceMs(was?.step === 'Reading' ? was.since : undefined, nowMs);
  const readers = readersAnywhere(contents.values());
  const blockers = [
    ...unreadOf({ broker: group, fromQueue: 0 }, contents.get(group), readers),
    ...unheardOf(contents, group),
  ].slice(0, BLOCKERS_MAX);
  if (blockers.length === 0 && isSettled(sinceMs, nowMs)) {
    return { put: { ...found, perm: 0 }, left: { ...closed, step: 'Removing' } };
  }
  const left = { ...closed, since: timeText(sinceMs) };
  return { left: blockers.length === 0 ? left : { ...left, blockers } };
}

function actionsOf(
  { group, address, found }: LeavingBroker,
  { put, isRemoval }: Step,
): EntityAction<TopicSettings>[] {
  if (address === undefined) return [];
  if (isRemoval === true) return [{ kind: 'Remove', group, address }];
  if (put === undefined || typeof found !== 'object') return [];
  const changes = differences(put, found);
  return [{ kind: 'Put', group, address, settings: put, why: 'change', differences: changes }];
}
