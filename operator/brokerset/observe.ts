/**
 * Finds out what there is of a broker set: from the caches what Kubernetes holds, from brokers and
 * name servers what they say themselves. Nothing is changed here.
 */
import { activeGroups, type BrokerSet, clusterName, groupPrefix } from '../api/broker-set.ts';
import { requireBytes } from '../api/quantity.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { Properties } from '../config/key-table.ts';
import { parseRoleFile } from '../config/role-file.ts';
import { type Context, controllerOf, type KubeObject, resources } from '../kube/mod.ts';
import { BROKER_FILE, groupName } from '../resources/broker-set.ts';
import { DATA_VOLUME } from '../resources/pod-template.ts';
import { type ClaimFacts, claimFacts, type LiveClaim } from '../workload/claim-facts.ts';
import { findCreationFailure } from '../workload/creation-failure.ts';
import { findEviction } from '../workload/eviction.ts';
import { nodeState } from '../workload/node-state.ts';
import { type LivePod, type PodFacts, podFacts } from '../workload/pod-facts.ts';
import { type LiveStatefulSet, setFacts } from '../workload/set-facts.ts';
import { findExpandable, withClass } from '../workload/storage-class.ts';
import { foreignClaim } from '../workload/volumes/plan.ts';
import {
  askBroker,
  askContents,
  askNameServers,
  askNeighbours,
  findNameServers,
  type Inquiry,
  routesTo,
} from './asking.ts';
import { brokerDataOwner } from './claims.ts';
import { lostPodUid } from './losses.ts';
import type { LiveBrokerSet } from './neighbours.ts';
import { type Foreign, isThere, type Observed, type ObservedGroup } from './observed.ts';

interface LiveConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export async function observe(
  object: LiveBrokerSet,
  brokerSet: BrokerSet,
  context: Context,
): Promise<Observed> {
  const inquiry = { object, brokerSet, context };
  const indexes = indexesOf(inquiry);
  const found = (await Promise.all(indexes.map((index) => observeObjects(index, inquiry)))).filter(
    (group) => group.isWanted || isThere(group),
  );
  const [answers, told] = await Promise.all([
    askNameServers(inquiry),
    Promise.all(found.map((group) => askBroker(group, inquiry))),
  ]);
  const cluster = clusterName(brokerSet);
  const running = told.map((group) => {
    return { ...group, routes: routesTo(group.name, cluster, answers) };
  });
  const groups = await askContents(running, inquiry);
  const { storage } = brokerSet.spec;
  const small = groups
    .flatMap(({ claims }) => claims)
    .find(({ requestedBytes }) => requestedBytes < requireBytes(storage.size));
  return {
    brokerSet,
    isGoing: object.metadata.deletionTimestamp !== undefined,
    groups,
    neighbours: await askNeighbours(groups, inquiry),
    nowMs: context.clock.wallMs(),
    version: context.version,
    nameServers: findNameServers(inquiry),
    isExpandable: small && (await findExpandable(context, small.storageClass)),
    conditions: object.status?.conditions ?? [],
  };
}

/** Of every group that is wanted, or of which anything but a claim is there. */
function indexesOf({ object, brokerSet, context: { caches } }: Inquiry): number[] {
  const { uid } = object.metadata;
  const prefix = `${groupPrefix(brokerSet)}-`;
  const owned = [resources.statefulSets, resources.configMaps, resources.services]
    .flatMap((resource) => caches.of(resource).ownedBy(uid))
    .map(({ metadata }) => metadata.name);
  const named = [...owned, ...(object.status?.groupStatus ?? []).map(({ name }) => name)]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => /^\d+$/.test(rest))
    .map(Number);
  return [...new Set([...activeGroups(brokerSet.spec), ...named])].sort((a, b) => a - b);
}

async function observeObjects(index: number, inquiry: Inquiry): Promise<ObservedGroup> {
  const { object, brokerSet, context } = inquiry;
  const { caches } = context;
  const name = groupName(brokerSet, index);
  const key = { namespace: brokerSet.metadata.namespace, name };
  const isWanted = activeGroups(brokerSet.spec).includes(index);
  const file = caches.of<LiveConfigMap>(resources.configMaps).find(key);
  const cached = caches.of<LiveStatefulSet>(resources.statefulSets).find(key);
  // Before something is made for the first time, what may be there unseen is looked for.
  const isNew = isWanted && cached === undefined;
  const live = isNew
    ? await context.client.find<LiveStatefulSet>(resources.statefulSets, key)
    : cached;
  const claims = await claimsOf(name, inquiry, isNew);
  const pod = podOf(name, inquiry);
  const foreign =
    foreignObject(object, live) ??
    foreignObject(object, file) ??
    (isNew ? foreignData(claims, brokerDataOwner(brokerSet, name, context.version)) : undefined);
  const isOurs = foreign === undefined;
  const was = object.status?.groupStatus?.find((group) => group.index === index);
  const set = live !== undefined && isOurs ? setFacts(live) : undefined;
  return {
    index,
    name,
    isWanted,
    set,
    pod,
    claims,
    creationFailure: pod === undefined ? await whyNoPod(set, inquiry) : undefined,
    file: isOurs ? fileOf(file) : undefined,
    foreign,
    node: await nodeOf(pod, context),
    eviction: await evictionOf({ pod, was }, inquiry),
    answers: undefined,
    brokerId: undefined,
    settings: undefined,
    routes: { asked: 0, answered: 0, leading: 0 },
    topics: undefined,
    contents: undefined,
    was,
  };
}

async function nodeOf(pod: PodFacts | undefined, context: Context): Promise<ObservedGroup['node']> {
  return pod === undefined ? 'Unknown' : nodeState(context, pod);
}

/** Whether its node sent away the pod of the last look. */
async function evictionOf(
  { pod, was }: Pick<ObservedGroup, 'pod' | 'was'>,
  { brokerSet, context }: Inquiry,
): Promise<ObservedGroup['eviction']> {
  const uid = lostPodUid(pod, was);
  if (uid === undefined || uid === was?.losses?.podUid) return undefined;
  return findEviction(context, brokerSet.metadata.namespace, uid);
}

/** Why Kubernetes cannot make the pod that `set` should have. */
async function whyNoPod(
  set: ObservedGroup['set'],
  { brokerSet, context }: Inquiry,
): Promise<ObservedGroup['creationFailure']> {
  if (set === undefined || set.replicas === 0) return undefined;
  return findCreationFailure(context, brokerSet.metadata.namespace, set);
}

function fileOf(map: LiveConfigMap | undefined): Properties | undefined {
  const text = map?.data?.[BROKER_FILE];
  return text === undefined ? undefined : parseRoleFile(text);
}

/**
 * With replicas a group has more than the one of ordinal 0. Labels alone make no broker: anybody
 * may copy them, but a name is given once, and this one is the StatefulSet's to give.
 */
function podOf(group: string, { brokerSet, context: { caches } }: Inquiry): PodFacts | undefined {
  const { namespace, name } = brokerSet.metadata;
  const [pod] = caches
    .of<LivePod>(resources.pods)
    .labelled(labels.brokerGroup.name, group)
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.name === `${group}-0`)
    .filter(({ metadata }) => metadata.labels?.[labels.brokerSet.name] === name);
  return pod === undefined ? undefined : podFacts(pod);
}

async function claimsOf(
  group: string,
  { brokerSet, context }: Inquiry,
  isNew: boolean,
): Promise<ClaimFacts[]> {
  if (brokerSet.spec.storage.ephemeral !== undefined) return [];
  const key = { namespace: brokerSet.metadata.namespace, name: `${DATA_VOLUME}-${group}-0` };
  const cached = context.caches.of<LiveClaim>(resources.claims).find(key);
  const live =
    cached ?? (isNew ? await context.client.find<LiveClaim>(resources.claims, key) : undefined);
  return live === undefined ? [] : [await withClass(context, claimFacts(live))];
}

function foreignObject(owner: KubeObject, live: KubeObject | undefined): Foreign | undefined {
  if (live === undefined) return undefined;
  const controller = controllerOf(live);
  if (controller?.uid === owner.metadata.uid) return undefined;
  const { kind, metadata } = live;
  if (controller?.kind === owner.kind && controller.name === owner.metadata.name) {
    // One of the same name was deleted a moment ago: what it made is on its way out.
    throw new Error(
      `Cannot make ${kind} "${metadata.name}": the former one is still being removed`,
    );
  }
  const whose = controller === undefined ? 'nobody' : `${controller.kind} "${controller.name}"`;
  const message = `${kind} "${metadata.name}" exists and belongs to ${whose}: remove it, or set another groupPrefix`;
  return { reason: 'ForeignObject', message };
}

function foreignData(claims: readonly ClaimFacts[], wanted: string): Foreign | undefined {
  for (const { name, owner } of claims) {
    if (owner === undefined || owner === wanted) continue;
    return { reason: 'IdentityMismatch', message: foreignClaim(name, owner, wanted) };
  }
  return undefined;
}
