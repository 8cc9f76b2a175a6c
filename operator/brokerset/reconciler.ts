/**
 * `BrokerSet`: looks, plans, does, tells. Each stage has its own failure, so that none keeps the
 * next from what it would repair: objects, then claims and settings, then the one disruptive step.
 */
import { readObject } from '../api/read-object.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KeyTable } from '../config/key-table.ts';
import {
  type Context,
  type Desired,
  type Follow,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { brokerAccount, groupObjects } from '../resources/broker-set.ts';
import { withImage } from '../workload/image.ts';
import { outcomeOf } from '../workload/outcome.ts';
import { report } from '../workload/report.ts';
import { reportChanges } from '../workload/report-changes.ts';
import { actAll, applyAll, type Stages, throwFailure, unsettledOf } from '../workload/stages.ts';
import { unusableStatus } from '../workload/unusable.ts';
import { type Acting, act, type Refusals } from './act.ts';
import type { Action } from './actions.ts';
import { type LiveBrokerSet, observe } from './observe.ts';
import { type Plan, plan as planOf } from './plan.ts';
import { openedGroups } from './scaling/opened-groups.ts';
import { statusOf } from './status.ts';

/** While steps follow each other: a pod that settles, a broker that was told something. */
const BUSY_MS = 2000;
/** While a group cannot go: whether its last message was read. */
const BLOCKED_MS = 10_000;

/** `images`: the repository of what a manifest names no image for. */
export function brokerSetReconciler(keys: KeyTable, images = 'gantry'): Reconciler<LiveBrokerSet> {
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
    reconcile: (object, context) => reconcile(object, context, { keys, images }),
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
  { keys, images }: { readonly keys: KeyTable; readonly images: string },
): Promise<Outcome> {
  // What it made has it as its owner and goes after it; claims stay or go as they say.
  if (object.metadata.deletionTimestamp !== undefined) return {};
  const read = readObject('BrokerSet', object);
  if (!('manifest' in read)) {
    const status = unusableStatus(object, read, context.clock.wallMs());
    await writeStatus(context, resources.brokerSets, object, status);
    return {};
  }
  const brokerSet = withImage(read.manifest, images, context.version);
  const observed = await observe(object, brokerSet, context);
  const plan = planOf(observed, keys);
  const acting: Acting = { object, brokerSet, observed, plan, keys, context };
  const stages: Stages = { object, context, failures: [] };
  const applied = await applyAll(stages, plan.isPaused ? [] : objectsOf(acting));
  const actions = [...plan.quiet, ...(plan.disruptive === undefined ? [] : [plan.disruptive])];
  const refusals = merged(await actAll(stages, actions, (action) => act(action, acting)));
  const generation = object.metadata.generation ?? 0;
  const { problems } = applied;
  const unsettled = unsettledOf(stages, applied);
  const status = statusOf({ observed, plan, refusals, problems, unsettled, generation });
  await writeStatus(context, resources.brokerSets, object, status);
  reportStatus(acting, status);
  throwFailure(stages);
  if (isBusy(plan, actions)) return { requeueAfterMs: BUSY_MS };
  return plan.scaling.blocked === undefined ? outcomeOf(status) : { requeueAfterMs: BLOCKED_MS };
}

function objectsOf({ brokerSet, plan, keys, context: { version } }: Acting): Desired[] {
  return [
    brokerAccount(brokerSet, version),
    ...plan.groups.flatMap((shape) => groupObjects(brokerSet, shape, { version, keys })),
  ];
}

function merged(all: readonly Refusals[]): Refusals {
  return {
    settings: new Map(all.flatMap(({ settings }) => [...settings])),
    volumes: all.flatMap(({ volumes }) => volumes),
  };
}

function reportStatus({ object, plan, context }: Acting, after: BrokerSetStatus): void {
  const before = object.status;
  const { gates, skipped } = plan.roll;
  reportChanges(context, object, { before, after, gates, skipped });
  for (const name of openedGroups(before, after)) {
    const message = `group ${name} takes messages`;
    report(context, object, { reason: 'ScaledOut', action: 'Reconcile', message });
  }
}

function isBusy({ roll, scaling, volumes }: Plan, actions: readonly Action[]): boolean {
  const isRolling = roll.outdated.length > 0 || roll.busy.size > 0;
  const isScaling = scaling.blocked === undefined && scaling.waiting.length > 0;
  return actions.length > 0 || isRolling || isScaling || volumes.recreate.size > 0;
}
