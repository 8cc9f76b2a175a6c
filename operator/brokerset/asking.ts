/** Asks brokers and name servers what they say themselves. No answer is no answer, never a bad one. */
import { formatAddress } from '../../runtime/mod.ts';
import type { RoutedBroker } from '../access/mod.ts';
import { type BrokerSet, clusterName } from '../api/broker-set.ts';
import { readObject } from '../api/read-object.ts';
import { labels } from '../api/vocabulary/labels.ts';
import { type Context, resources } from '../kube/mod.ts';
import { BROKER_PORT } from '../resources/broker-set.ts';
import { NAME_SERVER_PORT, nameServerAddresses } from '../resources/name-server.ts';
import type { LivePod } from '../workload/pod-facts.ts';
import { type LiveBrokerSet, neighboursOf } from './neighbours.ts';
import {
  isRunning,
  isServing,
  type ObservedGroup,
  type OtherGroup,
  type Routes,
  takesWrites,
} from './observed.ts';
import { findVictim } from './scaling/situation.ts';

/** What is asked about one set. */
export interface Inquiry {
  readonly object: LiveBrokerSet;
  readonly brokerSet: BrokerSet;
  readonly context: Context;
}

export function findNameServers({ brokerSet, context: { caches } }: Inquiry): string[] | undefined {
  const { ref, addresses } = brokerSet.spec.nameServers;
  if (ref === undefined) return [...(addresses ?? [])];
  const key = { namespace: brokerSet.metadata.namespace, name: ref.name };
  const live = caches.of(resources.nameServers).find(key);
  if (live === undefined) return undefined;
  const read = readObject('NameServer', live);
  return 'manifest' in read ? nameServerAddresses(read.manifest) : undefined;
}

/** Pods of the NameServer that the spec names. */
function nameServerPods({ brokerSet, context: { caches } }: Inquiry): LivePod[] {
  const { ref } = brokerSet.spec.nameServers;
  if (ref === undefined) return [];
  return caches
    .of<LivePod>(resources.pods)
    .labelled(labels.instance.name, ref.name)
    .filter(({ metadata }) => metadata.namespace === brokerSet.metadata.namespace)
    .filter(({ metadata }) => metadata.labels?.[labels.component.name] === 'nameserver')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function placeOf({ status }: LivePod): string | undefined {
  return status?.podIP === undefined
    ? undefined
    : formatAddress({ host: status.podIP, port: NAME_SERVER_PORT });
}

/** What each name server says there is; undefined: no answer. */
type Answers = readonly (readonly RoutedBroker[] | undefined)[];

export function askNameServers(inquiry: Inquiry): Promise<Answers> {
  const { brokerSet, context } = inquiry;
  const { ref, addresses = [] } = brokerSet.spec.nameServers;
  const places = ref === undefined ? addresses : nameServerPods(inquiry).map(placeOf);
  return Promise.all(
    places.map(async (place) =>
      place === undefined ? undefined : context.access.routedBrokers(place, context.signal),
    ),
  );
}

export async function askBroker(
  group: ObservedGroup,
  { brokerSet, context: { access, signal } }: Inquiry,
): Promise<ObservedGroup> {
  if (!isRunning(group)) return group;
  const address = formatAddress({ host: group.pod.ip, port: BROKER_PORT });
  const facts = await access.brokerFacts(address, signal);
  // An address may have been given to somebody else's pod a moment ago.
  const isIt = facts?.brokerName === group.name && facts.clusterName === clusterName(brokerSet);
  if (facts === undefined || !isIt) return group;
  const settings = await access.brokerConfig(address, signal);
  return { ...group, settings, answers: true, brokerId: facts.brokerId };
}

/** What the name servers say of one group. */
export function routesTo(brokerName: string, cluster: string, answers: Answers): Routes {
  const answered = answers.filter((answer) => answer !== undefined);
  const leading = answered.filter((brokers) =>
    brokers.some((one) => one.brokerName === brokerName && one.clusterName === cluster),
  );
  return { asked: answers.length, answered: answered.length, leading: leading.length };
}

/** What the group holds that goes next, and which topics the others have: only when one is to go. */
export async function askContents(
  groups: readonly ObservedGroup[],
  { context: { access, signal } }: Inquiry,
): Promise<ObservedGroup[]> {
  const victim = findVictim(groups);
  if (victim === undefined) return [...groups];
  return Promise.all(
    groups.map(async (group) => {
      const isAsked = group === victim || group.isWanted;
      if (!isAsked || !isRunning(group) || !isServing(group)) return group;
      const address = formatAddress({ host: group.pod.ip, port: BROKER_PORT });
      const topics = await access.topics(address, signal);
      if (group !== victim) return { ...group, topics };
      return { ...group, topics, contents: await access.contents(address, signal) };
    }),
  );
}

/** Groups of other sets of the cluster, asked only while a group of this one is to go. */
export async function askNeighbours(
  groups: readonly ObservedGroup[],
  { object, brokerSet, context }: Inquiry,
): Promise<OtherGroup[]> {
  if (findVictim(groups) === undefined) return [];
  const { caches } = context;
  const places = neighboursOf(object, brokerSet, caches).flatMap((set) =>
    caches
      .of<LivePod>(resources.pods)
      .labelled(labels.brokerSet.name, set.metadata.name)
      .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap(({ metadata, status }) => {
        const name = metadata.labels?.[labels.brokerGroup.name];
        if (name === undefined || status?.podIP === undefined) return [];
        const address = formatAddress({ host: status.podIP, port: BROKER_PORT });
        return [{ set: set.metadata.name, name, address }];
      }),
  );
  const asked = await Promise.all(places.map((place) => askNeighbour(place, brokerSet, context)));
  return asked.flatMap((group) => group ?? []);
}

/** Undefined unless its broker answers, and is the one it should be. */
async function askNeighbour(
  place: Pick<OtherGroup, 'set' | 'name' | 'address'>,
  brokerSet: BrokerSet,
  { access, signal }: Context,
): Promise<OtherGroup | undefined> {
  const { name, address } = place;
  const facts = await access.brokerFacts(address, signal);
  if (facts?.brokerName !== name || facts.clusterName !== clusterName(brokerSet)) return undefined;
  const settings = await access.brokerConfig(address, signal);
  const takesMessages = facts.isWritable && takesWrites(settings);
  return { ...place, takesMessages, topics: await access.topics(address, signal) };
}
