/**
 * What a plan may ask for, as data: tests assert on it, a driver does it. Each can be done again
 * without harm, and whether it was done shows in what is observed next.
 */
import type {
  DisruptiveUnitAction,
  QuietUnitAction,
  UnitAction,
} from '../workload/unit-actions.ts';
import type { MarkClaim } from './claims.ts';
import type { CopyMetadata, MarkDrained, RemoveGroup, StopGroup } from './scaling/actions.ts';

export type QuietAction = QuietUnitAction | CopyMetadata | MarkClaim | MarkDrained;

/** Takes something away that clients may be using: never more than one between two looks. */
export type DisruptiveAction = DisruptiveUnitAction | RemoveGroup | StopGroup;

export type Action = QuietAction | DisruptiveAction;

export type SetAction = Exclude<Action, UnitAction>;

const ofSet: Readonly<Record<SetAction['kind'], true>> = {
  CopyMetadata: true,
  MarkClaim: true,
  MarkDrained: true,
  RemoveGroup: true,
  StopGroup: true,
};

/** What only broker sets know, and no other kind of unit. */
export function isOfSet(action: Action): action is SetAction {
  return Object.hasOwn(ofSet, action.kind);
}
