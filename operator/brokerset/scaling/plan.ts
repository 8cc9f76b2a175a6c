/**
 * Groups come and go.
 *
 * A new group beside others starts `Closed`: its broker grants clients nothing, so no route leads
 * to it. It is given the consumer groups and then the topics of a group that serves, and only then
 * opened; its file says which of both it is, so that a restart changes nothing.
 *
 * A group goes only when it is proven empty: nobody who reads a topic there is behind the end of any
 * queue of it. Then writes are closed (`ReadOnly`, in the file and in the process), it must stay
 * empty for `drain.settle`, and is judged once more with each look until its pod is stopped. Only
 * then its routes are seen to be gone, its claims marked, its objects removed. An answer that
 * cannot be had proves nothing. One group at a time, the highest first.
 *
 * `drain.step` in the status says how far it is. It is set before a step is taken that cannot be
 * told from outside; where it is lost, the group is checked from the beginning.
 */
import type { WriteAccess } from '../../config/write-access.ts';
import type { CopyMetadata, MarkDrained, RemoveGroup, StopGroup } from './actions.ts';
import type { DrainBlock } from './blocks.ts';
import { type DrainNote, NOT_DRAINING, noteOf, planDrain } from './draining.ts';
import { accessOf, planFilling } from './filling.ts';
import { findVictim, isLeaving, type Situation } from './situation.ts';

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
