/** Finds out what there is of a NameServer: in Kubernetes, and of each process by itself. */
import { formatAddress } from '../../runtime/mod.ts';
import type { NameServer } from '../api/name-server.ts';
import { requireBytes } from '../api/quantity.ts';
import type { NameServerStatus } from '../api/status/name-server.ts';
import { labels } from '../api/vocabulary/labels.ts';
import { parseRoleFile } from '../config/role-file.ts';
import { type Context, controllerOf, type KubeObject, resources } from '../kube/mod.ts';
import { NAME_SERVER_FILE, NAME_SERVER_PORT, workloadName } from '../resources/name-server.ts';
import { DATA_VOLUME } from '../resources/pod-template.ts';
import { claimFacts, type LiveClaim } from '../workload/claim-facts.ts';
import { findCreationFailure } from '../workload/creation-failure.ts';
import { nodeState } from '../workload/node-state.ts';
import { type LivePod, podFacts } from '../workload/pod-facts.ts';
import { type LiveStatefulSet, setFacts } from '../workload/set-facts.ts';
import { findExpandable, withClass } from '../workload/storage-class.ts';
import type { Observed, ObservedServer } from './observed.ts';

export interface LiveNameServer extends KubeObject {
  readonly status?: NameServerStatus;
}

interface LiveConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export async function observe(
  object: LiveNameServer,
  nameServer: NameServer,
  context: Context,
): Promise<Observed> {
  const { caches, clock, version } = context;
  const key = { namespace: nameServer.metadata.namespace, name: workloadName(nameServer) };
  const set = caches.of<LiveStatefulSet>(resources.statefulSets).find(key);
  const isOurs = set !== undefined && controllerOf(set)?.uid === object.metadata.uid;
  const text = caches.of<LiveConfigMap>(resources.configMaps).find(key)?.data?.[NAME_SERVER_FILE];
  const names = serverNames(nameServer, context);
  const servers = await Promise.all(
    names.map((name) => observeServer(name, nameServer.metadata.namespace, context)),
  );
  const small = findSmall(servers, requireBytes(nameServer.spec.storage.size));
  const facts = isOurs ? setFacts(set) : undefined;
  return {
    nameServer,
    nowMs: clock.wallMs(),
    version,
    set: facts,
    creationFailure: await whyNoPod(facts, servers, nameServer, context),
    file: text === undefined ? undefined : parseRoleFile(text),
    servers,
    isExpandable: small && (await findExpandable(context, small.claim?.storageClass)),
    conditions: object.status?.conditions ?? [],
    was: object.status,
  };
}

/** Why Kubernetes cannot make a pod that the set should have. */
async function whyNoPod(
  set: Observed['set'],
  servers: Observed['servers'],
  { metadata: { namespace } }: NameServer,
  context: Context,
): Promise<Observed['creationFailure']> {
  if (set === undefined || servers.every(({ pod }) => pod !== undefined)) return undefined;
  return findCreationFailure(context, namespace, set);
}

/** One whose claim asks for less than is wanted now. */
function findSmall(
  servers: Observed['servers'],
  wantedBytes: number,
): Observed['servers'][number] | undefined {
  return servers.find(({ claim }) => claim !== undefined && claim.requestedBytes < wantedBytes);
}

function serverNames(nameServer: NameServer, { caches }: Context): string[] {
  const { metadata, spec } = nameServer;
  const wanted = Array.from(
    { length: spec.replicas },
    (_, ordinal) => `${workloadName(nameServer)}-${ordinal}`,
  );
  const present = caches
    .of<LivePod>(resources.pods)
    .labelled(labels.instance.name, metadata.name)
    .filter(({ metadata: { namespace } }) => namespace === metadata.namespace)
    .filter((pod) => pod.metadata.labels?.[labels.component.name] === 'nameserver')
    .map((pod) => pod.metadata.name);
  return [...new Set([...wanted, ...present])];
}

async function observeServer(
  name: string,
  namespace: string,
  context: Context,
): Promise<ObservedServer> {
  const { caches, access, signal } = context;
  const live = caches.of<LivePod>(resources.pods).find({ namespace, name });
  const claim = caches
    .of<LiveClaim>(resources.claims)
    .find({ namespace, name: `${DATA_VOLUME}-${name}` });
  const found = { name, claim: claim && (await withClass(context, claimFacts(claim))) };
  if (live === undefined) {
    return { ...found, pod: undefined, node: 'Unknown', settings: undefined };
  }
  const pod = podFacts(live);
  const isAsked = pod.ip !== undefined && !pod.isGoing;
  const settings = isAsked
    ? await access.nameServerConfig(formatAddress({ host: pod.ip, port: NAME_SERVER_PORT }), signal)
    : undefined;
  return { ...found, pod, node: await nodeState(context, pod), settings };
}
