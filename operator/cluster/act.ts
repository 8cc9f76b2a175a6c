/** Does what a plan says for a cluster, in its order. */
import type { Child } from '../api/children.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { type EventReason, eventReasons } from '../api/vocabulary/events.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import {
  applyChild,
  type Context,
  type Desired,
  type KubeObject,
  type Resource,
  resources,
} from '../kube/mod.ts';
import { findApiProblem } from '../workload/api-problem.ts';
import { setFinalizer } from '../workload/finalizers.ts';
import type { LiveChild } from './live-child.ts';
import { type ClusterAction, childName, type Stalled, shownChild } from './plan.ts';

const finalizer = { resource: resources.rocketMQClusters, name: finalizers.teardown.name };

export interface Told {
  /** `kind/name` of components that were told something new. */
  readonly changed: readonly string[];
  /** What the API server refuses, and no repetition can mend. */
  readonly problem: Stalled | undefined;
}

/** Ends with the first that the API server refuses for good. */
export async function act(
  cluster: KubeObject,
  actions: readonly ClusterAction[],
  context: Context,
): Promise<Told> {
  const changed: string[] = [];
  for (const action of actions) {
    context.signal.throwIfAborted();
    try {
      if (await actOne(cluster, action, context)) changed.push(...namesOf(action));
    } catch (error) {
      const problem = findApiProblem(error, action.kind);
      if (problem === undefined) throw error;
      return { changed, problem };
    }
  }
  return { changed, problem: undefined };
}

function namesOf(action: ClusterAction): string[] {
  return action.kind === 'Apply' ? [childName(action.child)] : [];
}

/** Whether a component was told something new. */
async function actOne(
  cluster: KubeObject,
  action: ClusterAction,
  context: Context,
): Promise<boolean> {
  switch (action.kind) {
    case 'AddFinalizer':
      await setFinalizer(context, cluster, { ...finalizer, present: true });
      return false;
    case 'DropFinalizer':
      await setFinalizer(context, cluster, { ...finalizer, present: false });
      return false;
    case 'Apply':
      return apply(cluster, action, context);
    case 'SkipDrain': {
      const { name: annotation } = annotations.deleteWithoutDrain;
      const patch = { metadata: { annotations: { [annotation]: 'true' } } };
      const { uid } = action.child;
      await context.client.patch(resourceOf(action.child), keyIn(cluster, action.child), patch, {
        uid,
      });
      return false;
    }
    case 'Remove': {
      const { uid } = action.child;
      const key = keyIn(cluster, action.child);
      await context.client.remove(resourceOf(action.child), key, { uid });
      report(context, cluster, 'Deleting', `Removes ${shownChild(action.child)}`);
      return false;
    }
  }
}

async function apply(
  cluster: KubeObject,
  { child, isNew, upgradeTo }: ClusterAction & { readonly kind: 'Apply' },
  context: Context,
): Promise<boolean> {
  const hasChanged = await applyChild(context, cluster, desired(child));
  if (!hasChanged) return false;
  const name = childName(child);
  if (isNew) report(context, cluster, 'Created', `Made ${name}`);
  else if (upgradeTo !== undefined) {
    report(context, cluster, 'Upgrading', `${name} gets ${upgradeTo}`);
  }
  return true;
}

/** A child's manifest is written by us and has all that an object needs. */
function desired({ manifest }: Child): Desired {
  return manifest as unknown as Desired;
}

function keyIn({ metadata: { namespace } }: KubeObject, { name }: LiveChild) {
  return { namespace, name };
}

function resourceOf({ kind }: LiveChild): Resource {
  return kind === 'NameServer' ? resources.nameServers : resources.brokerSets;
}

function report(
  { events }: Pick<Context, 'events'>,
  cluster: KubeObject,
  reason: EventReason,
  message: string,
): void {
  const { type } = eventReasons[reason];
  events.record(cluster, { type, reason, action: 'Reconcile', message });
}
