/** `NameServer`: looks, plans, does, tells. */
import { readObject } from '../api/read-object.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { KeyTable } from '../config/key-table.ts';
import {
  type Context,
  type Follow,
  type KubeObject,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { nameServerObjects } from '../resources/name-server.ts';
import { withImage } from '../workload/image.ts';
import { outcomeOf } from '../workload/outcome.ts';
import { reportChanges } from '../workload/report-changes.ts';
import { actAll, applyAll, type Stages, throwFailure, unsettledOf } from '../workload/stages.ts';
import { unusableStatus } from '../workload/unusable.ts';
import { act, type Refusals } from './act.ts';
import { type LiveNameServer, observe } from './observe.ts';
import { type Action, type Plan, plan as planOf } from './plan.ts';
import { statusOf } from './status.ts';

const BUSY_MS = 2000;

/** `images`: the repository of what a manifest names no image for. */
export function nameServerReconciler(
  keys: KeyTable,
  images = 'gantry',
): Reconciler<LiveNameServer> {
  return {
    name: 'nameserver',
    resource: resources.nameServers,
    owns: [
      resources.statefulSets,
      resources.services,
      resources.configMaps,
      resources.serviceAccounts,
    ],
    follows: [
      { resource: resources.pods, keysOf: serverOfLabel },
      { resource: resources.claims, keysOf: serverOfLabel },
    ],
    reconcile: (object, context) => reconcile(object, context, { keys, images }),
  };
}

/** Pods belong to a StatefulSet and claims to nobody: what they belong to is on a label. */
const serverOfLabel: Follow['keysOf'] = ({ metadata }: KubeObject) => {
  const { namespace, labels: own } = metadata;
  const name = own?.[labels.instance.name];
  const isServer = own?.[labels.component.name] === 'nameserver';
  return isServer && name !== undefined && namespace !== undefined ? [{ namespace, name }] : [];
};

async function reconcile(
  object: LiveNameServer,
  context: Context,
  { keys, images }: { readonly keys: KeyTable; readonly images: string },
): Promise<Outcome> {
  if (object.metadata.deletionTimestamp !== undefined) return {};
  const read = readObject('NameServer', object);
  if (!('manifest' in read)) {
    const status = unusableStatus(object, read, context.clock.wallMs());
    await writeStatus(context, resources.nameServers, object, status);
    return {};
  }
  const manifest = withImage(read.manifest, images, context.version);
  const observed = await observe(object, manifest, context);
  const plan = planOf(observed, keys);
  const stages: Stages = { object, context, failures: [] };
  const desired = nameServerObjects(manifest, context.version, plan.shape);
  const applied = await applyAll(stages, plan.isPaused ? [] : desired);
  const actions = [...plan.quiet, ...(plan.disruptive === undefined ? [] : [plan.disruptive])];
  const acting = { object, observed, context };
  const refusals = merged(await actAll(stages, actions, (action) => act(action, acting)));
  const generation = object.metadata.generation ?? 0;
  const { problems } = applied;
  const unsettled = unsettledOf(stages, applied);
  const status = statusOf({ observed, plan, refusals, problems, unsettled, generation });
  await writeStatus(context, resources.nameServers, object, status);
  const { gates, skipped } = plan.roll;
  reportChanges(context, object, { before: object.status, after: status, gates, skipped });
  throwFailure(stages);
  return isBusy(plan, actions) ? { requeueAfterMs: BUSY_MS } : outcomeOf(status);
}

function merged(all: readonly Refusals[]): Refusals {
  return {
    settings: new Map(all.flatMap(({ settings }) => [...settings])),
    volumes: all.flatMap(({ volumes }) => volumes),
  };
}

function isBusy({ roll, volumes }: Plan, actions: readonly Action[]): boolean {
  return (
    actions.length > 0 ||
    roll.outdated.length > 0 ||
    roll.busy.size > 0 ||
    volumes.recreate.size > 0
  );
}
