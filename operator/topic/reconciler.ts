/** `Topic`: the same topic, with the same settings, on every broker group of its cluster. */
import { AssertionError } from '../../runtime/mod.ts';
import type { TopicSettings } from '../access/mod.ts';
import { readObject } from '../api/read-object.ts';
import { type Topic, topicName } from '../api/topic.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import { act } from '../entity/act.ts';
import type { ClusterView, GroupPlace } from '../entity/cluster-view.ts';
import { type EntityKind, isClaimed } from '../entity/kind.ts';
import { observeEntity, type Wanted } from '../entity/observe.ts';
import { followsOf } from '../entity/siblings.ts';
import { withRefusals } from '../entity/status.ts';
import {
  type Context,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { NOTHING_LEFT } from './leaving.ts';
import { type LiveTopic, type Losses, leftPlaces, observeLosses } from './observe.ts';
import { planTopic } from './plan.ts';
import { reportLosses } from './report.ts';
import { topicStatus } from './status.ts';

const kind: EntityKind<TopicSettings> = {
  noun: 'topic',
  resource: resources.topics,
  finalizer: finalizers.topic.name,
  claimField: 'topicName',
  find: (access, { address, name, signal }) => access.findTopic(address, name, signal),
  put: (access, { address, signal }, settings) => access.putTopic(address, settings, signal),
  remove: (access, { address, name, signal }) => access.removeTopic(address, name, signal),
  forget: (access, { address, name, signal }, clusterName) =>
    access.forgetTopic(address, { topic: name, clusterName }, signal),
  weigh: async (access, { address, name, signal }) => {
    const found = await access.findTopicContents(address, name, signal);
    if (typeof found !== 'object') return undefined;
    const sizes = found.queues.map(({ offsetMin, offsetMax }) => offsetMax - offsetMin);
    return `${sizes.reduce((sum, size) => sum + size, 0)} messages`;
  },
};

export function topicReconciler(): Reconciler<LiveTopic> {
  return {
    name: 'topic',
    resource: resources.topics,
    owns: [],
    follows: followsOf(resources.topics),
    reconcile,
  };
}

async function reconcile(object: LiveTopic, context: Context): Promise<Outcome> {
  const read = readObject('Topic', object);
  const wanted: Wanted = 'manifest' in read ? wantedOf(object, read.manifest) : { unusable: read };
  const name = 'name' in wanted ? wanted.name : object.metadata.name;
  const seen = await observeEntity(kind, object, wanted, context);
  const losses =
    'manifest' in read
      ? await observeLosses(object, read.manifest, seen, context)
      : lossesUnknown(object);
  const plan = planTopic(seen.observed, losses);
  const acting = { kind, object, name, cluster: seen.cluster, context };
  const refusals = await act(acting, plan.actions);
  const said = { ...plan, ...withRefusals(plan, refusals) };
  const facts = { object, name, seen, isClaimed: isClaimed(object, kind) };
  if (said.conditions.length > 0) {
    const status = topicStatus(facts, said, context.clock.wallMs());
    await writeStatus(context, resources.topics, object, status);
  }
  reportLosses(facts, said, context);
  return said.requeueAfterMs === undefined ? {} : { requeueAfterMs: said.requeueAfterMs };
}

function wantedOf(object: LiveTopic, topic: Topic): Wanted {
  const { clusterRef, brokerSets, deletionPolicy } = topic.spec;
  const left = (cluster: ClusterView): readonly GroupPlace[] =>
    leftPlaces(object, topic, { cluster });
  return { name: topicName(topic), clusterRef, brokerSets, deletionPolicy, left };
}

/** For a spec that cannot be used no broker is looked at. */
function lossesUnknown({ status }: LiveTopic): Losses {
  const settingsFor = (): never => {
    throw new AssertionError('Expected a spec that can be used, to compare a broker with');
  };
  return {
    shrink: { status: undefined, settingsFor },
    leaving: { ...NOTHING_LEFT, status: status?.leaving ?? [] },
  };
}
