/** `NameServer`: looks, plans, does, tells. */
import { readObject } from '../api/read-object.ts';
import type { NameServerStatus } from '../api/status/name-server.ts';
import type { KeyTable } from '../config/key-table.ts';
import { type Context, type Outcome, type Reconciler, resources } from '../kube/mod.ts';
import { nameServerObjects } from '../resources/name-server.ts';
import { actionsOf, carryOut, sayUnusable } from '../workload/carrying-out.ts';
import { followUnits } from '../workload/following.ts';
import { withImage } from '../workload/image.ts';
import { outcomeOf } from '../workload/outcome.ts';
import { unlessTold } from '../workload/rolling/plan.ts';
import type { UnitAction } from '../workload/unit-actions.ts';
import { act } from './act.ts';
import { type LiveNameServer, observe } from './observe.ts';
import { type Plan, plan as planOf } from './plan.ts';
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
    follows: followUnits('nameserver'),
    reconcile: (object, context) => reconcile(object, context, { keys, images }),
  };
}

async function reconcile(
  object: LiveNameServer,
  context: Context,
  { keys, images }: { readonly keys: KeyTable; readonly images: string },
): Promise<Outcome> {
  if (object.metadata.deletionTimestamp !== undefined) return {};
  const read = readObject('NameServer', object);
  if (!('manifest' in read)) {
    await sayUnusable(object, context, read);
    return {};
  }
  const manifest = withImage(read.manifest, images, context.version);
  const observed = await observe(object, manifest, context);
  const plan = planOf(observed, keys);
  const status = await carryOut<UnitAction, NameServerStatus>(object, context, {
    plan,
    desired: nameServerObjects(manifest, context.version, plan.shape),
    act: (action) => act(action, { object, observed, context }),
    statusOf: (findings) =>
      statusOf({ observed, plan: unlessTold(plan, findings.unsettled), ...findings }),
  });
  return isBusy(plan) ? { requeueAfterMs: BUSY_MS } : outcomeOf(status);
}

function isBusy(plan: Plan): boolean {
  const { roll, volumes } = plan;
  const isRolling = roll.outdated.length > 0 || roll.busy.size > 0;
  return actionsOf<unknown>(plan).length > 0 || isRolling || volumes.recreate.size > 0;
}
