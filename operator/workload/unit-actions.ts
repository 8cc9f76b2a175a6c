/**
 * What may be done to a unit, whatever its kind: as data, for plans, and done. What fails is thrown
 * and leaves the other steps alone; what is refused for good comes back, for the status.
 */
import type { Context, KubeObject } from '../kube/mod.ts';
import type { PodFacts } from './pod-facts.ts';
import { NO_REFUSALS, type Refusals } from './refusals.ts';
import { deletePod, forceDeletePod } from './rolling/act.ts';
import type { ForceDeletePod } from './rolling/lost-pod.ts';
import type { DeletePod } from './rolling/plan.ts';
import { markPod, type Tellable, tellSettings } from './settings/act.ts';
import type { MarkPod, TellSettings } from './settings/telling.ts';
import { changeClaim, remakeSet } from './volumes/act.ts';
import type { ChangeClaim, OrphanStatefulSet } from './volumes/plan.ts';

export type QuietUnitAction = ChangeClaim | MarkPod | TellSettings;

/** Takes something away that clients may be using: never more than one between two looks. */
export type DisruptiveUnitAction = DeletePod | ForceDeletePod | OrphanStatefulSet;

export type UnitAction = QuietUnitAction | DisruptiveUnitAction;

export interface UnitActing {
  readonly object: KubeObject;
  readonly context: Context;
  /** How the process at an address is asked, and told. */
  readonly processAt: (address: string) => Tellable;
  readonly podsOf: (set: string) => readonly PodFacts[];
}

export async function actOnUnit(action: UnitAction, acting: UnitActing): Promise<Refusals> {
  const { object, context } = acting;
  switch (action.kind) {
    case 'ChangeClaim':
      return { ...NO_REFUSALS, volumes: await changeClaim(context, object, action) };
    case 'TellSettings': {
      const process = acting.processAt(action.address);
      return { ...NO_REFUSALS, settings: await tellSettings(context, object, action, process) };
    }
    case 'MarkPod':
      await markPod(context, object, action);
      return NO_REFUSALS;
    case 'DeletePod':
      await deletePod(context, object, action);
      return NO_REFUSALS;
    case 'ForceDeletePod':
      await forceDeletePod(context, object, action);
      return NO_REFUSALS;
    case 'OrphanStatefulSet':
      await remakeSet(context, object, { ...action, pods: acting.podsOf(action.set) });
      return NO_REFUSALS;
  }
}
