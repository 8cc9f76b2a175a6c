/** `RocketMQCluster`: renders its components, one after another, and says how they are. */
import { CLUSTER_LABEL } from '../api/children.ts';
import { readObject } from '../api/read-object.ts';
import type { ClusterStatus } from '../api/status/rocketmq-cluster.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import {
  type Context,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { hasFinalizer } from '../workload/finalizers.ts';
import { outcomeOf } from '../workload/outcome.ts';
import { act, type Told } from './act.ts';
import {
  isOrphan,
  isOwn,
  type LiveChild,
  type LiveComponent,
  liveChild,
  notLooked,
} from './live-child.ts';
import { applyMonitoring } from './monitoring.ts';
import { childName, type Observed, planCluster, shownChild, wantedChildren } from './plan.ts';
import { ServedKinds } from './served-kinds.ts';
import { clusterStatus } from './status.ts';

interface LiveCluster extends KubeObject {
  readonly status?: ClusterStatus;
}

export function clusterReconciler(): Reconciler<LiveCluster> {
  const served = new ServedKinds();
  return {
    name: 'cluster',
    resource: resources.rocketMQClusters,
    owns: [resources.nameServers, resources.brokerSets, resources.configMaps],
    reconcile: (object, context) => reconcile(object, served, context),
  };
}

async function reconcile(
  object: LiveCluster,
  served: ServedKinds,
  context: Context,
): Promise<Outcome> {
  const read = readObject('RocketMQCluster', object);
  const observed = observe(object, read, context);
  const plan = planCluster(observed);
  const told = await act(object, plan.actions, context);
  // With the last finalizer the object is gone.
  if (plan.actions.some(({ kind }) => kind === 'DropFinalizer')) return {};
  const { manifest, isPaused, isDeleting } = observed;
  const isMonitored = manifest !== undefined && !isPaused && !isDeleting;
  const { metadata } = object;
  const status = clusterStatus({
    observed: { ...observed, children: observed.children.map((one) => afterTold(one, told)) },
    plan,
    unusable: 'manifest' in read ? told.problem : { reason: read.reason, message: read.message },
    monitoring: isMonitored ? await applyMonitoring(object, manifest, served, context) : undefined,
    before: object.status ?? {},
    key: { name: metadata.name, namespace: metadata.namespace ?? '' },
    generation: metadata.generation ?? 0,
    nowMs: context.clock.wallMs(),
  });
  await writeStatus(context, resources.rocketMQClusters, object, status);
  reportUpgrade(object, status, context);
  return outcomeOf(status);
}

/** What a component said before it was told something new does not count any more. */
function afterTold(child: LiveChild, { changed }: Told): LiveChild {
  if (!changed.includes(shownChild(child))) return child;
  return { ...child, ...notLooked('it was told something new'), isSettled: false };
}

function observe(
  object: LiveCluster,
  read: ReturnType<typeof readObject<'RocketMQCluster'>>,
  { caches, version }: Context,
): Observed {
  const { metadata } = object;
  const manifest = 'manifest' in read ? read.manifest : undefined;
  const nearby = [resources.nameServers, resources.brokerSets].flatMap((resource) =>
    caches.of<LiveComponent>(resource).all(metadata.namespace),
  );
  const isDeleting = metadata.deletionTimestamp !== undefined;
  const names = manifest && !isDeleting ? wantedChildren(manifest, version).map(childName) : [];
  const wanted = new Set(names);
  const own = nearby.filter(
    (one) =>
      isOwn(one, object) || (wanted.has(nameOf(one)) && isOrphan(one, object, CLUSTER_LABEL)),
  );
  const foreign = nearby.filter((one) => !own.includes(one)).map(nameOf);
  return {
    manifest,
    isPaused: metadata.annotations?.[annotations.paused.name] === 'true',
    isDeleting,
    hasFinalizer: hasFinalizer(object, finalizers.teardown.name),
    children: own.map(liveChild).toSorted(inOrder),
    foreign: foreign.filter((name) => wanted.has(name)),
    version,
  };
}

function nameOf({ kind, metadata }: LiveComponent): string {
  return `${kind}/${metadata.name}`;
}

/** Name servers first, as they are made. */
function inOrder(
  left: { readonly kind: string; readonly name: string },
  right: { readonly kind: string; readonly name: string },
): number {
  if (left.kind !== right.kind) return left.kind === 'NameServer' ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}

function reportUpgrade(object: LiveCluster, now: ClusterStatus, { events }: Context): void {
  const before = object.status?.upgrade;
  if (before === undefined || now.upgrade !== undefined) return;
  const message = `Every component runs ${before.to}`;
  events.record(object, { type: 'Normal', reason: 'Upgraded', action: 'Upgrade', message });
}
