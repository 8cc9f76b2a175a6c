/** `ConsumerGroup`: the same group, with the same settings, on every broker group of its cluster. */
import { AssertionError } from '../../runtime/mod.ts';
import type { GroupSettings } from '../access/mod.ts';
import { type ConsumerGroup, groupName } from '../api/consumer-group.ts';
import { readObject } from '../api/read-object.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import { act } from '../entity/act.ts';
import { type EntityKind, isClaimed, type LiveEntity } from '../entity/kind.ts';
import { observeEntity, type Wanted } from '../entity/observe.ts';
import type { Observed } from '../entity/observed.ts';
import { planEntity } from '../entity/plan.ts';
import type { EntityPlan } from '../entity/planned.ts';
import { followsOf } from '../entity/siblings.ts';
import { entityStatus, withRefusals } from '../entity/status.ts';
import {
  type Context,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { differences, settingsOf } from './settings.ts';

const kind: EntityKind<GroupSettings> = {
  noun: 'consumer group',
  resource: resources.consumerGroups,
  finalizer: finalizers.consumerGroup.name,
  claimField: 'groupName',
  find: (access, { address, name, signal }) => access.findGroup(address, name, signal),
  put: (access, { address, signal }, settings) => access.putGroup(address, settings, signal),
  remove: (access, { address, name, signal }) => access.removeGroup(address, name, signal),
};

export function consumerGroupReconciler(): Reconciler<LiveEntity> {
  return {
    name: 'consumergroup',
    resource: resources.consumerGroups,
    owns: [],
    follows: followsOf(resources.consumerGroups),
    reconcile,
  };
}

async function reconcile(object: LiveEntity, context: Context): Promise<Outcome> {
  const read = readObject('ConsumerGroup', object);
  const wanted: Wanted = 'manifest' in read ? wantedOf(read.manifest) : { unusable: read };
  const name = 'name' in wanted ? wanted.name : object.metadata.name;
  const { observed, cluster } = await observeEntity(kind, object, wanted, context);
  const plan = planEntity(observed, {
    settingsFor: () => settingsOf(requireManifest(read)),
    differences,
  });
  const refusals = await act({ kind, object, name, cluster, context }, plan.actions);
  const said = withRefusals(plan, refusals);
  if (said.conditions.length > 0) {
    const isOurs =
      isClaimed(object, kind) || plan.actions.some((action) => action.kind === 'Claim');
    await writeStatus(context, resources.consumerGroups, object, {
      ...entityStatus(object, said, { extra: [], nowMs: context.clock.wallMs() }),
      ...(isOurs ? { groupName: name } : {}),
      brokers: brokersInOrder(observed, plan),
    });
  }
  const { requeueAfterMs } = said;
  return requeueAfterMs === undefined ? {} : { requeueAfterMs };
}

function wantedOf(group: ConsumerGroup): Wanted {
  const { clusterRef, deletionPolicy } = group.spec;
  return { name: groupName(group), clusterRef, brokerSets: [], deletionPolicy };
}

function requireManifest(read: ReturnType<typeof readObject<'ConsumerGroup'>>): ConsumerGroup {
  if ('manifest' in read) return read.manifest;
  throw new AssertionError('Expected a spec that can be used, for a broker to be compared with');
}

function brokersInOrder(
  { brokers }: Observed<GroupSettings>,
  { actions }: EntityPlan<GroupSettings>,
): number {
  const answered = brokers.filter(({ found }) => typeof found === 'object').length;
  const changed = actions.filter((action) => action.kind === 'Put' && action.why !== 'create');
  return answered - changed.length;
}
