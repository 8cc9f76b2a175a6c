/** `Topic`: the same topic, with the same settings, on every broker group of its cluster. */
import { AssertionError } from '../../runtime/mod.ts';
import type { Found, TopicContents, TopicSettings } from '../access/mod.ts';
import { readObject } from '../api/read-object.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import { type Topic, topicName } from '../api/topic.ts';
import { finalizers } from '../api/vocabulary/finalizers.ts';
import { act } from '../entity/act.ts';
import { type EntityKind, isClaimed, type LiveEntity } from '../entity/kind.ts';
import { observeEntity, type Seen, type Wanted } from '../entity/observe.ts';
import { followsOf } from '../entity/siblings.ts';
import { entityStatus, withRefusals } from '../entity/status.ts';
import {
  type Context,
  type Outcome,
  type Reconciler,
  resources,
  writeStatus,
} from '../kube/mod.ts';
import { planTopic, type TopicPlan } from './plan.ts';
import { settingsOf } from './settings.ts';
import { planShrink, type Shrink, shrinking } from './shrink.ts';

interface LiveTopic extends LiveEntity {
  readonly status?: LiveEntity['status'] & Pick<TopicStatus, 'shrink'>;
}

const kind: EntityKind<TopicSettings> = {
  noun: 'topic',
  resource: resources.topics,
  finalizer: finalizers.topic.name,
  claimField: 'topicName',
  find: (access, { address, name, signal }) => access.findTopic(address, name, signal),
  put: (access, { address, signal }, settings) => access.putTopic(address, settings, signal),
  remove: (access, { address, name, signal }) => access.removeTopic(address, name, signal),
  forget: (access, nameServer, topic) => access.forgetTopic(nameServer, topic),
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
  const wanted: Wanted = 'manifest' in read ? wantedOf(read.manifest) : { unusable: read };
  const name = 'name' in wanted ? wanted.name : object.metadata.name;
  const seen = await observeEntity(kind, object, wanted, context);
  const shrink =
    'manifest' in read
      ? await observeShrink(object, read.manifest, seen, context)
      : { status: undefined, settingsFor: unasked };
  const plan = planTopic(seen.observed, shrink);
  const acting = { kind, object, name, cluster: seen.cluster, context };
  const refusals = await act(acting, plan.actions);
  const said = { ...plan, ...withRefusals(plan, refusals) };
  if (said.conditions.length > 0) {
    await writeStatus(
      context,
      resources.topics,
      object,
      statusOf(object, said, { name, seen }, context),
    );
  }
  reportShrink(object, said, context);
  return outcomeOf(said.requeueAfterMs);
}

/** When it begins and when it has ended. */
function reportShrink(
  { status, ...object }: LiveTopic,
  { shrink }: TopicPlan,
  { events }: Context,
) {
  const was = status?.shrink;
  if ((was === undefined) === (shrink === undefined)) return;
  const reason = shrink === undefined ? 'QueueShrinkFinished' : 'QueueShrinkStarted';
  const message =
    shrink === undefined
      ? `Of ${was?.readQueues} queues those that are too many are gone`
      : `Of ${shrink.readQueues} queues those that are too many are closed for writing`;
  events.record(object, { type: 'Normal', reason, action: 'SyncTopic', message });
}

function wantedOf(topic: Topic): Wanted {
  const { clusterRef, brokerSets, deletionPolicy } = topic.spec;
  return { name: topicName(topic), clusterRef, brokerSets, deletionPolicy };
}

async function observeShrink(
  { status }: LiveTopic,
  topic: Topic,
  { observed }: Seen<TopicSettings>,
  { access, signal, clock }: Context,
): Promise<Shrink> {
  const wanted = settingsOf(topic);
  const { brokers } = observed;
  // Every broker is asked: who reads the topic at all may be told by another one.
  const isShrinking = shrinking(brokers, wanted).length > 0;
  const asked = isShrinking ? brokers : [];
  const contents = await Promise.all(
    asked.map(async ({ group, address }): Promise<[string, Found<TopicContents>]> => {
      if (address === undefined) return [group, undefined];
      return [group, await access.findTopicContents(address, wanted.topic, signal)];
    }),
  );
  return planShrink({
    wanted,
    brokers,
    contents: new Map(contents),
    before: status?.shrink,
    nowMs: clock.wallMs(),
  });
}

/** For a spec that cannot be used no broker is looked at. */
function unasked(): never {
  throw new AssertionError('Expected a spec that can be used, for a broker to be compared with');
}

function statusOf(
  object: LiveTopic,
  plan: TopicPlan,
  { name, seen }: { readonly name: string; readonly seen: Seen<TopicSettings> },
  { clock }: Context,
): object {
  const { extra, shrink } = plan;
  const isOurs = isClaimed(object, kind) || plan.actions.some((action) => action.kind === 'Claim');
  const brokers = seen.observed.brokers.flatMap(({ group, found }) => {
    if (typeof found !== 'object') return [];
    const { readQueues, writeQueues } = found;
    return [{ name: group, readQueues, writeQueues }];
  });
  return {
    ...entityStatus(object, plan, { extra, nowMs: clock.wallMs() }),
    ...(isOurs ? { topicName: name } : {}),
    ...(shrink === undefined ? {} : { shrink }),
    brokers: brokers.length,
    // The API server does not keep a list that becomes empty: it would be written once more.
    ...(brokers.length === 0 ? {} : { brokerStatus: brokers }),
  };
}

function outcomeOf(requeueAfterMs: number | undefined): Outcome {
  return requeueAfterMs === undefined ? {} : { requeueAfterMs };
}
