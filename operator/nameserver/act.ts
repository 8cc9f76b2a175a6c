/** Does what the plan of a NameServer asks for. */
import type { Settings } from '../access/mod.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { type Context, type KubeObject, resources } from '../kube/mod.ts';
import { orphanStatefulSet } from '../workload/orphaning.ts';
import { removePod } from '../workload/pod-removal.ts';
import { report } from '../workload/report.ts';
import { tellSettings } from '../workload/settings/act.ts';
import { changeClaim } from '../workload/volumes/act.ts';
import type { VolumeProblem } from '../workload/volumes/plan.ts';
import type { Observed } from './observed.ts';
import type { Action, TellServer } from './plan.ts';

export interface Acting {
  readonly object: KubeObject;
  readonly observed: Observed;
  readonly context: Context;
}

export interface Refusals {
  readonly settings: ReadonlyMap<string, string>;
  readonly volumes: readonly VolumeProblem[];
}

const NO_REFUSALS: Refusals = { settings: new Map(), volumes: [] };

export async function act(action: Action, acting: Acting): Promise<Refusals> {
  const { object, observed, context } = acting;
  const { namespace } = object.metadata;
  const say = (reason: Parameters<typeof report>[2]['reason'], message: string): void =>
    report(context, object, { reason, action: action.kind, message });
  switch (action.kind) {
    case 'ChangeClaim':
      return { ...NO_REFUSALS, volumes: await changeClaim(context, object, action) };
    case 'TellServer':
      return { ...NO_REFUSALS, settings: await tellServer(action, acting) };
    case 'MarkServer': {
      const { pod: name, uid, configApplied } = action;
      const metadata = { annotations: { [annotations.configApplied.name]: configApplied } };
      await context.client.patch(resources.pods, { namespace, name }, { metadata }, { uid });
      return NO_REFUSALS;
    }
    case 'DeletePod': {
      const isReady = action.reason === 'Outdated';
      const key = { namespace, name: action.pod };
      const isGone = await removePod(context, { key, uid: action.uid, isReady });
      if (isGone) say(isReady ? 'PodReplaced' : 'PodRepaired', action.message);
      return NO_REFUSALS;
    }
    case 'ForceDeletePod': {
      const key = { namespace, name: action.pod };
      await context.client.remove(resources.pods, key, { uid: action.uid, graceSeconds: 0 });
      say('PodForceDeleted', action.message);
      return NO_REFUSALS;
    }
    case 'OrphanStatefulSet': {
      const { set: name, uid } = action;
      const pods = observed.servers.flatMap(({ pod }) => pod ?? []);
      await orphanStatefulSet(context, object, { key: { namespace, name }, uid, pods });
      say('StatefulSetRecreated', `StatefulSet ${name} is made anew around its pods`);
      return NO_REFUSALS;
    }
  }
}

async function tellServer(
  { kind, server, address, changes }: TellServer,
  { object, context }: Acting,
): Promise<ReadonlyMap<string, string>> {
  const { access, signal } = context;
  const process = {
    update: (some: Settings) => access.updateNameServerConfig(address, some, signal),
    show: () => access.nameServerConfig(address, signal),
  };
  const { refused, isDone } = await tellSettings(process, changes);
  const taken = Object.keys(changes).filter((key) => !refused.has(key));
  if (isDone && taken.length > 0) {
    const message = `${server} was told ${taken.map((key) => `${key}=${changes[key]}`).join(', ')}`;
    report(context, object, { reason: 'ConfigApplied', action: kind, message });
  }
  for (const [key, why] of refused) {
    const message = `${server} refuses ${key}: ${why}`;
    report(context, object, { reason: 'ConfigRefused', action: kind, message });
  }
  return refused;
}
