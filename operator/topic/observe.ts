/**
 * What is looked at for a topic alone: what is stored in queues, and the topic itself on broker
 * groups, that are to lose it.
 */
import type { Found, TopicContents, TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { Topic } from '../api/topic.ts';
import type { GroupPlace } from '../entity/cluster-view.ts';
import type { LiveEntity } from '../entity/kind.ts';
import type { Seen } from '../entity/observe.ts';
import type { BrokerView } from '../entity/observed.ts';
import type { Context } from '../kube/mod.ts';
import { type LeavingBroker, type LeavingPlan, NOTHING_LEFT, planLeaving } from './leaving.ts';
import { settingsOf } from './settings.ts';
import { planShrink, type Shrink, shrinking } from './shrink.ts';

export interface LiveTopic extends LiveEntity {
  readonly status?: LiveEntity['status'] &
    Partial<Pick<TopicStatus, 'shrink' | 'leaving' | 'brokerStatus'>>;
}

export interface Losses {
  readonly shrink: Shrink;
  readonly leaving: LeavingPlan;
}

export async function observeLosses(
  object: LiveTopic,
  topic: Topic,
  seen: Seen<TopicSettings>,
  context: Context,
): Promise<Losses> {
  const wanted = settingsOf(topic);
  const { brokers } = seen.observed;
  const { shrink: shrunk, leaving: before = [] } = object.status ?? {};
  const leavers = await askAll(leftPlaces(object, topic, seen), wanted.topic, context);
  // Every broker is asked: who reads the topic at all may be told by another one.
  const isAsking =
    shrinking(brokers, wanted).length > 0 || leavers.some(({ found }) => found !== 'none');
  const contents = isAsking
    ? await contentsOf([...brokers, ...leavers], wanted.topic, context)
    : new Map();
  const nowMs = context.clock.wallMs();
  const { deletionPolicy } = topic.spec;
  return {
    shrink: planShrink({ wanted, brokers, contents, before: shrunk, nowMs }),
    leaving: isDeciding(seen)
      ? planLeaving({ deletionPolicy, wanted, brokers: leavers, contents, before, nowMs })
      : { ...NOTHING_LEFT, status: before },
  };
}

/** Groups of the cluster that were told of the topic, of sets that the spec names no longer. */
export function leftPlaces(
  object: LiveTopic,
  { spec: { brokerSets } }: Topic,
  { cluster }: Pick<Seen<TopicSettings>, 'cluster'>,
): readonly GroupPlace[] {
  if (brokerSets.length === 0) return [];
  const told = toldGroups(object);
  return cluster.groups.filter(
    ({ set, group }) => told.includes(group) && !brokerSets.includes(set),
  );
}

/** Names of the broker groups that were told of the topic, as far as it was noted. */
export function toldGroups({ status }: LiveTopic): readonly string[] {
  const { brokerStatus = [], leaving = [] } = status ?? {};
  return [...brokerStatus, ...leaving].map(({ name }) => name);
}

/** Whether the object may do anything on brokers. */
export function isDeciding({ observed }: Seen<TopicSettings>): boolean {
  const { cluster, elder, deletedForMs, isManaged, isClaimed } = observed;
  const isFree = elder === undefined && deletedForMs === undefined;
  return isFree && isManaged && isClaimed && cluster.state === 'there';
}

function askAll(
  places: readonly GroupPlace[],
  topic: string,
  { access, signal }: Context,
): Promise<LeavingBroker[]> {
  return Promise.all(
    places.map(async ({ group, address, isServing }) => {
      const found = address && (await access.findTopic(address, topic, signal));
      return { group, address, isServing, found: found || undefined };
    }),
  );
}

async function contentsOf(
  brokers: readonly BrokerView<TopicSettings>[],
  topic: string,
  { access, signal }: Context,
): Promise<ReadonlyMap<string, Found<TopicContents>>> {
  const contents = await Promise.all(
    brokers.map(async ({ group, address }): Promise<[string, Found<TopicContents>]> => {
      if (address === undefined) return [group, undefined];
      return [group, await access.findTopicContents(address, topic, signal)];
    }),
  );
  return new Map(contents);
}
