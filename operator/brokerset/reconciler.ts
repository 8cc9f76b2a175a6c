/**
 * `BrokerSet`: looks, plans, does, tells. Each stage has its own failure, so that none keeps the
 * next from what it would repair: objects, then claims and settings, then the one disruptive step.
 */
import { readObject } from '../api/read-object.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import type { KeyTable } from '../config/key-table.ts';
import {
  type Context,
  type Desired,
  type Follow,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
} from '../kube/mod.ts';
import { brokerAccount, groupObjects } from '../resources/broker-set.ts';
import { actionsOf, carryOut, sayUnusable } from '../workload/carrying-out.ts';
import { followUnits } from '../workload/following.ts';
import { withImage } from '../workload/image.ts';
import { outcomeOf } from '../workload/outcome.ts';
import { report } from '../workload/report.ts';
import { unlessTold } from '../workload/rolling/plan.ts';
import { type Acting, act } from './act.ts';
import type { Action } from './actions.ts';
import { isKept, keepForDrain, letGo, mayGoAtOnce, withoutGroups } from './deletion.ts';
import type { LiveBrokerSet } from './neighbours.ts';
import { observe } from './observe.ts';
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

const FOLLOWS: readonly Follow[] = [
  ...followUnits('broker'),
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
  const isGoing = object.metadata.deletionTimestamp !== undefined;
  if (isGoing && !isKept(object)) return {};
  const read = readObject('BrokerSet', object);
  const written = 'manifest' in read ? read.manifest : undefined;
  if (isGoing && (await mayGoAtOnce(object, written, context))) {
    await letGo(object, context);
    return {};
  }
  if (!('manifest' in read)) {
    await sayUnusable(object, context, read);
    return {};
  }
  if (!isGoing) await keepForDrain(object, read.manifest, context);
  const manifest = isGoing ? withoutGroups(read.manifest) : read.manifest;
  const brokerSet = withImage(manifest, images, context.version);
  const observed = await observe(object, brokerSet, context);
  const plan = planOf(observed, keys);
  const acting: Acting = { object, brokerSet, observed, plan, keys, context };
  const status = await carryOut<Action, BrokerSetStatus>(object, context, {
    plan,
    desired: objectsOf(acting),
    act: (action) => act(action, acting),
    statusOf: (findings) =>
      statusOf({ observed, plan: unlessTold(plan, findings.unsettled), ...findings }),
    reportMore: (after) => reportOpened(acting, after),
  });
  if (isBusy(plan)) return { requeueAfterMs: BUSY_MS };
  return plan.scaling.blocked === undefined ? outcomeOf(status) : { requeueAfterMs: BLOCKED_MS };
}

function reportOpened({ object, context }: Acting, after: BrokerSetStatus): void {
  for (const name of openedGroups(object.status, after)) {
    const message = `group ${name} takes messages`;
    report(context, object, { reason: 'ScaledOut', action: 'Reconcile', message });
  }
}

function objectsOf({ brokerSet, plan, keys, context: { version } }: Acting): Desired[] {
  return [
    brokerAccount(brokerSet, version),
    ...plan.groups.flatMap((shape) => groupObjects(brokerSet, shape, { version, keys })),
  ];
}

function isBusy(plan: Plan): boolean {
  const { roll, scaling, volumes } = plan;
  const isRolling = roll.outdated.length > 0 || roll.busy.size > 0;
  const isScaling = scaling.blocked === undefined && scaling.waiting.length > 0;
  return actionsOf<unknown>(plan).length > 0 || isRolling || isScaling || volumes.recreate.size > 0;
}
