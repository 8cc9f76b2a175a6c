/**
 * What is to be done for a topic or consumer group whose object goes. Pure.
 *
 * Invariants: the brokers lose only what was claimed, and only with `deletionPolicy: Delete`; a
 * broker that does not answer is waited for, unless its whole namespace goes.
 */
import { annotations } from '../api/vocabulary/annotations.ts';
import { type Observed, silentBrokers } from './observed.ts';
import { condition, type EntityAction, type EntityPlan, SOON_MS } from './planned.ts';

const REMOVAL_MS = 5000;
/** How long a namespace that goes waits for brokers that do not answer. */
const UNREACHABLE_MS = 300_000;

export function planRemoval<Settings>(
  observed: Observed<Settings>,
  deletedForMs: number,
): EntityPlan<Settings> {
  const { brokers } = observed;
  const nothing = { phase: 'Deleting' as const, conditions: [], isSynced: false };
  // The object is gone with the last finalizer: there is no status to write.
  if (!observed.hasFinalizer) return { ...nothing, actions: [] };
  const release = whyReleased(observed);
  if (release !== undefined) {
    const drop = { kind: 'DropFinalizer', event: 'Released', why: release } as const;
    return { ...nothing, actions: [drop] };
  }
  // A cluster without a single group is one of which nobody knows what it has.
  const silent = brokers.length === 0 ? ['any broker group'] : silentBrokers(brokers);
  if (silent.length > 0 && observed.isNamespaceTerminating && deletedForMs > UNREACHABLE_MS) {
    const why = `the namespace goes, and ${silent.join(', ')} did not answer for five minutes`;
    return { ...nothing, actions: [{ kind: 'DropFinalizer', event: 'Released', why }] };
  }
  const removals = brokers.flatMap(({ group, address, found }): EntityAction<Settings>[] =>
    address === undefined || found === undefined || found === 'none'
      ? []
      : [{ kind: 'Remove', group, address }],
  );
  if (removals.length === 0 && silent.length === 0) {
    const why = `removed from ${brokers.length} broker groups`;
    const drop = { kind: 'DropFinalizer', event: 'Removed', why } as const;
    return { ...nothing, actions: [{ kind: 'Forget' }, drop] };
  }
  const message =
    silent.length > 0 ? `no answer from ${silent.join(', ')}` : 'it is being removed from brokers';
  return {
    ...nothing,
    actions: removals,
    conditions: [
      condition('Ready', 'False', 'Deleting', message),
      condition('Reconciling', 'True', 'Deleting', message),
    ],
    requeueAfterMs: silent.length > 0 ? REMOVAL_MS : SOON_MS,
  };
}

/** Why the brokers keep it; undefined when they are to lose it. */
function whyReleased(observed: Observed<unknown>): string | undefined {
  const { cluster, elder, unusable } = observed;
  if (!observed.wantsFinalizer) return 'deletionPolicy is not Delete';
  if (unusable !== undefined) return 'its spec cannot be used';
  if (cluster.state === 'missing') return `cluster ${cluster.shown} is gone`;
  if (cluster.state === 'deleting') return `cluster ${cluster.shown} is being deleted`;
  if (cluster.state === 'notAllowed') return `cluster ${cluster.shown} does not allow it`;
  if (elder !== undefined) return `it belongs to ${elder}`;
  if (!observed.isManaged) return `it is not managed: annotation ${annotations.managed.name}`;
  return observed.isClaimed ? undefined : 'the brokers were never told of it';
}
