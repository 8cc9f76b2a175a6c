/**
 * What is to be done for a topic or consumer group, from what is seen. Pure.
 *
 * Invariants: a broker that does not answer is neither told anything nor counted as in order; what
 * existed with other settings is never changed unless somebody said so, once it is claimed it is
 * kept as the spec says; nothing is removed from brokers that was not claimed.
 */
import type { Phase } from '../api/status/shared.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { StalledReason, StatedCondition } from '../api/vocabulary/conditions.ts';
import { type BrokerView, type Observed, silentBrokers } from './observed.ts';
import { condition, type EntityAction, type EntityPlan, SOON_MS } from './planned.ts';
import { planRemoval } from './removal.ts';

export interface Wishes<Settings> {
  readonly settingsFor: (broker: BrokerView<Settings>) => Settings;
  /** What of `is` is not as `wanted`, each for a person: `read queues are 4, wanted 8`. */
  readonly differences: (wanted: Settings, is: Settings) => readonly string[];
}

/** How often brokers are compared with the spec though nothing has changed. */
const DRIFT_MS = 300_000;
const RETRY_MS = 10_000;

export function planEntity<Settings>(
  observed: Observed<Settings>,
  wishes: Wishes<Settings>,
): EntityPlan<Settings> {
  if (observed.deletedForMs !== undefined) return planRemoval(observed, observed.deletedForMs);
  const refused = refusalOf(observed);
  if (refused !== undefined) return stalled(refused.reason, refused.message);
  const { cluster, isManaged } = observed;
  if (cluster.state !== 'there') {
    const isMissing = cluster.state === 'missing';
    const message = `cluster ${cluster.shown} ${isMissing ? 'does not exist' : 'is being deleted'}`;
    return waiting('Pending', isMissing ? 'ClusterNotFound' : 'ClusterNotReady', message);
  }
  if (!isManaged) {
    const message = `the brokers are left as they are: annotation ${annotations.managed.name}`;
    return { ...waiting('Ready', 'Unmanaged', message, 'Unknown'), actions: finalizer(observed) };
  }
  return planSync(observed, wishes);
}

function refusalOf({ unusable, elder, cluster }: Observed<unknown>) {
  if (unusable !== undefined) return unusable;
  if (cluster.state === 'notAllowed') {
    const message = `cluster ${cluster.shown} does not list this namespace in allowedNamespaces`;
    return { reason: 'NamespaceNotAllowed', message } as const;
  }
  if (elder === undefined) return undefined;
  return { reason: 'Duplicate', message: `${elder} is older and names the same` } as const;
}

function planSync<Settings>(
  observed: Observed<Settings>,
  wishes: Wishes<Settings>,
): EntityPlan<Settings> {
  const { brokers, cluster, missingSets } = observed;
  if (brokers.length === 0) {
    const where = missingSets.length === 0 ? '' : ` in broker set ${missingSets.join(', ')}`;
    const message = `cluster ${cluster.shown} has no broker group that serves yet${where}`;
    const plan = waiting<Settings>('Pending', 'ClusterNotReady', message);
    return { ...plan, actions: finalizer(observed) };
  }
  const compared = brokers.flatMap((broker) => compare(broker, wishes));
  const others = compared.filter(({ isThere, differences }) => isThere && differences.length > 0);
  if (!observed.isClaimed && !observed.mayAdopt && others.length > 0) {
    return stalled('Conflict', conflictText(others));
  }
  const puts = compared
    .filter(({ isThere, differences }) => !isThere || differences.length > 0)
    .map(({ isThere, ...put }): EntityAction<Settings> => {
      const why = observed.wasSynced ? 'drift' : 'change';
      return { kind: 'Put', ...put, why: isThere ? why : 'create' };
    });
  const isAdoption = compared.some(({ isThere }) => isThere);
  const claim: EntityAction<Settings>[] =
    observed.isClaimed || compared.length === 0 ? [] : [{ kind: 'Claim', isAdoption }];
  return {
    actions: [...finalizer(observed), ...claim, ...puts],
    ...progress(observed, puts.length),
  };
}

interface Compared<Settings> {
  readonly group: string;
  readonly address: string;
  readonly settings: Settings;
  readonly isThere: boolean;
  readonly differences: readonly string[];
}

/** Nothing for a broker that did not answer. */
function compare<Settings>(
  broker: BrokerView<Settings>,
  { settingsFor, differences }: Wishes<Settings>,
): Compared<Settings>[] {
  const { group, address, found } = broker;
  if (address === undefined || found === undefined) return [];
  const settings = settingsFor(broker);
  const facts = { group, address, settings };
  if (found === 'none') return [{ ...facts, isThere: false, differences: [] }];
  return [{ ...facts, isThere: true, differences: differences(settings, found) }];
}

function progress(observed: Observed<unknown>, puts: number) {
  const { brokers, isClaimed } = observed;
  const silent = silentBrokers(brokers);
  if (puts > 0) {
    const message = `${puts} of ${brokers.length} broker groups are being told`;
    return {
      phase: isClaimed ? ('Updating' as const) : ('Creating' as const),
      conditions: [
        condition('Ready', 'False', 'NotReady', message),
        condition('Reconciling', 'True', 'Syncing', message),
      ],
      isSynced: false,
      requeueAfterMs: SOON_MS,
    };
  }
  if (silent.length > 0) {
    const message = `no answer from ${silent.join(', ')}`;
    return {
      phase: 'Degraded' as const,
      conditions: [condition('Ready', 'False', 'BrokersUnreachable', message)],
      isSynced: false,
      requeueAfterMs: RETRY_MS,
    };
  }
  const message = `all ${brokers.length} broker groups have it as the spec says`;
  return {
    phase: 'Ready' as const,
    conditions: [condition('Ready', 'True', 'Synced', message)],
    isSynced: true,
    requeueAfterMs: DRIFT_MS,
  };
}

function finalizer(observed: Observed<unknown>): EntityAction<never>[] {
  const { hasFinalizer, wantsFinalizer } = observed;
  if (hasFinalizer === wantsFinalizer) return [];
  if (wantsFinalizer) return [{ kind: 'AddFinalizer' }];
  return [{ kind: 'DropFinalizer', event: 'Released', why: 'deletionPolicy is not Delete' }];
}

function conflictText(others: readonly Compared<unknown>[]): string {
  const [first] = others;
  const where = others.map(({ group }) => group).join(', ');
  return (
    `it exists on ${where} with other settings (${first?.differences.join('; ')}): ` +
    `set the annotation ${annotations.adopt.name} to "true" to have it changed`
  );
}

/** Nothing more until somebody acts. */
export function stalled<Settings>(reason: StalledReason, message: string): EntityPlan<Settings> {
  return {
    actions: [],
    phase: 'Failed',
    conditions: [
      condition('Ready', 'False', 'Stalled', message),
      condition('Stalled', 'True', reason, message),
    ],
    isSynced: false,
  };
}

function waiting<Settings>(
  phase: Phase,
  reason: (StatedCondition & { readonly type: 'Ready' })['reason'],
  message: string,
  status: 'False' | 'Unknown' = 'False',
): EntityPlan<Settings> {
  return {
    actions: [],
    phase,
    conditions: [condition('Ready', status, reason, message)],
    isSynced: false,
    requeueAfterMs: RETRY_MS,
  };
}
