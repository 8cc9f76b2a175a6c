/**
 * `BrokerSet`: looks, plans, does, tells. Each stage has its own failure, so that none keeps the
 * next from what it would repair: objects, then claims and settings, then the one disruptive step.
 */
import { readObject, type Unusable } from '../api/read-object.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KeyTable } from '../config/key-table.ts';
import {
  applyChild,
  type Context,
  type Desired,
  type Follow,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
  timeText,
  writeStatus,
} from '../kube/mod.ts';
import { brokerAccount, groupObjects } from '../resources/broker-set.ts';
import { type ApiProblem, findApiProblem } from '../workload/api-problem.ts';
import { tell } from '../workload/tell.ts';
import { type Acting, act, NO_REFUSALS, type Refusals } from './act.ts';
import type { Action } from './actions.ts';
import { type LiveBrokerSet, observe } from './observe.ts';
import { type Plan, plan as planOf } from './plan.ts';
import { reportChanges } from './report.ts';
import { statusOf } from './status.ts';

/** While something is under way that nothing watches: a broker's word, a time that passes. */
const BUSY_MS = 2000;

export function brokerSetReconciler(keys: KeyTable): Reconciler<LiveBrokerSet> {
  return {
    name: 'brokerset',
    resource: resources.brokerSets,
    owns: [
      resources.statefulSets,
      resources.services,
      resources.configMaps,
      resources.disruptionBudgets,
      resources.serviceAccounts,
    ],
    follows: FOLLOWS,
    reconcile: (object, context) => reconcile(object, context, keys),
  };
}

/** Pods belong to a StatefulSet and claims to nobody: what they belong to is on a label. */
function setOfLabel({ metadata }: KubeObject): readonly { namespace?: string; name: string }[] {
  const name = metadata.labels?.[labels.brokerSet.name];
  if (name === undefined || metadata.namespace === undefined) return [];
  return [{ namespace: metadata.namespace, name }];
}

const FOLLOWS: readonly Follow[] = [
  { resource: resources.pods, keysOf: setOfLabel },
  {
    resource: resources.claims,
    keysOf: ({ metadata: { labels: own, namespace } }) => {
      const isBroker = own?.[labels.component.name] === 'broker';
      const name = own?.[labels.instance.name];
      return isBroker && name !== undefined && namespace !== undefined ? [{ namespace, name }] : [];
    },
  },
  {
    resource: resources.nameServers,
    keysOf: ({ metadata: { name, namespace } }, caches) =>
      caches
        .of<KubeObject & { readonly spec?: { nameServers?: { ref?: { name?: string } } } }>(
          resources.brokerSets,
        )
        .all(namespace)
        .filter(({ spec }) => spec?.nameServers?.ref?.name === name)
        .map(({ metadata }) => ({ namespace: metadata.namespace, name: metadata.name })),
  },
];

async function reconcile(
  object: LiveBrokerSet,
  context: Context,
  keys: KeyTable,
): Promise<Outcome> {
  // What it made has it as its owner and goes after it; claims stay or go as they say.
  if (object.metadata.deletionTimestamp !== undefined) return {};
  const read = readObject('BrokerSet', object);
  if (!('manifest' in read)) {
    await writeStatus(context, resources.brokerSets, object, unusable(object, read, context));
    return {};
  }
  const brokerSet = read.manifest;
  const observed = await observe(object, brokerSet, context);
  const plan = planOf(observed, keys);
  const acting: Acting = { object, brokerSet, observed, plan, keys, context };
  const failures: unknown[] = [];
  const problems = plan.isPaused ? [] : await applyObjects(acting, failures);
  const actions = [...plan.quiet, ...(plan.disruptive === undefined ? [] : [plan.disruptive])];
  const refusals = await actAll(actions, acting, failures);
  const generation = object.metadata.generation ?? 0;
  const status = statusOf({ observed, plan, refusals, problems, generation });
  await writeStatus(context, resources.brokerSets, object, status);
  reportChanges(context, object, { before: object.status, after: status, plan });
  // What trying again may mend is tried again, later each time.
  if (failures.length > 0) throw failures[0];
  return isBusy(plan, actions) ? { requeueAfterMs: BUSY_MS } : {};
}

function isBusy({ roll, scaling, volumes }: Plan, actions: readonly Action[]): boolean {
  const isRolling = roll.outdated.length > 0 || roll.busy.size > 0;
  return actions.length > 0 || isRolling || scaling.waiting.length > 0 || volumes.recreate.size > 0;
}

/** Group by group: what the API server refuses of one leaves the others alone. */
async function applyObjects(
  { object, brokerSet, plan, keys, context }: Acting,
  failures: unknown[],
): Promise<ApiProblem[]> {
  const { version, signal } = context;
  const problems: ApiProblem[] = [];
  const batches = [
    [brokerAccount(brokerSet, version)],
    ...plan.groups.map((shape) => groupObjects(brokerSet, shape, { version, keys })),
  ];
  for (const batch of batches) {
    for (const desired of batch) {
      signal.throwIfAborted();
      const problem = await tryApply(context, object, desired, failures);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

async function tryApply(
  context: Context,
  object: KubeObject,
  desired: Desired,
  failures: unknown[],
): Promise<ApiProblem | undefined> {
  try {
    await applyChild(context, object, desired);
    return undefined;
  } catch (error) {
    const problem = findApiProblem(error, desired.kind);
    if (problem === undefined) failures.push(error);
    return problem;
  }
}

async function actAll(
  actions: readonly Action[],
  acting: Acting,
  failures: unknown[],
): Promise<Refusals> {
  const settings = new Map<string, string>();
  const volumes: Refusals['volumes'][number][] = [];
  for (const action of actions) {
    acting.context.signal.throwIfAborted();
    const refusals = await tryAct(action, acting, failures);
    for (const [key, why] of refusals.settings) settings.set(key, why);
    volumes.push(...refusals.volumes);
  }
  return { settings, volumes };
}

async function tryAct(action: Action, acting: Acting, failures: unknown[]): Promise<Refusals> {
  try {
    return await act(action, acting);
  } catch (error) {
    failures.push(error);
    const message = `${action.kind} failed: ${error instanceof Error ? error.message : String(error)}`;
    tell(acting.context, acting.object, {
      reason: 'ReconcileFailed',
      action: action.kind,
      message,
    });
    return NO_REFUSALS;
  }
}

/** What runs goes on as it is; only what is wrong with the spec is said. */
function unusable(
  { metadata, status }: LiveBrokerSet,
  { reason, message }: Unusable,
  { clock }: Context,
): BrokerSetStatus {
  const { generation = 0 } = metadata;
  const stated = { observedGeneration: generation, lastTransitionTime: timeText(clock.wallMs()) };
  const others = (status?.conditions ?? []).filter(
    ({ type }) => type !== 'Ready' && type !== 'Stalled' && type !== 'Reconciling',
  );
  return {
    ...status,
    observedGeneration: generation,
    phase: 'Failed',
    conditions: [
      { type: 'Ready', status: 'False', reason: 'Stalled', message, ...stated },
      { type: 'Stalled', status: 'True', reason, message, ...stated },
      ...others,
    ],
  };
}
