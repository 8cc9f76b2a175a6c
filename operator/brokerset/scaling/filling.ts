/** Whether clients may use a group, and what a new one is given before they may. Pure. */
import { type WriteAccess, writeAccessOf } from '../../config/write-access.ts';
import { isServing, type ObservedGroup } from '../observed.ts';
import type { CopyMetadata } from './actions.ts';

export function accessOf(group: ObservedGroup, groups: readonly ObservedGroup[]): WriteAccess {
  if (!group.isWanted) return leavingAccess(group);
  const isNew = group.file === undefined && group.set === undefined;
  const isUnfilled = group.file !== undefined && writeAccessOf(group.file) === 'Closed';
  // A set that is there without its file was opened once: the file comes before the set.
  if (!isNew && !isUnfilled) return 'Open';
  return groups.some((other) => other !== group && isOpen(other)) ? 'Closed' : 'Open';
}

/** Of a group that is to go: what its file says; where that is lost, its step tells the same. */
export function leavingAccess({ file, was }: ObservedGroup): WriteAccess {
  if (file !== undefined) return writeAccessOf(file);
  const step = was?.drain?.step;
  const isClosed = step === 'Emptying' || step === 'WriteClosed' || step === 'Stopping';
  return isClosed ? 'ReadOnly' : 'Open';
}

/** A group that others can be filled from, now or when it is up again. */
export function isOpen({ isWanted, file }: ObservedGroup): boolean {
  return isWanted && file !== undefined && writeAccessOf(file) === 'Open';
}

interface Filling {
  readonly copy: CopyMetadata | undefined;
  readonly waiting: readonly string[];
}

export function planFilling(groups: readonly ObservedGroup[]): Filling {
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
