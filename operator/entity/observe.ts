/** What there is to see of a topic or consumer group: in the caches, and on the brokers. */
import type { ClusterReference } from '../api/blocks/cluster-reference.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { StalledReason } from '../api/vocabulary/conditions.ts';
import type { Context } from '../kube/mod.ts';
import { hasFinalizer } from '../workload/finalizers.ts';
import { isTerminating } from '../workload/namespace.ts';
import { type ClusterView, clusterView, type GroupPlace } from './cluster-view.ts';
import { annotationOf, type EntityKind, isClaimed, type LiveEntity } from './kind.ts';
import type { BrokerView, Observed } from './observed.ts';
import { findElder } from './siblings.ts';

/** What its spec says, or why it cannot be used. */
export type Wanted =
  | {
      readonly name: string;
      readonly clusterRef: ClusterReference;
      /** Names of broker sets in the cluster; all when empty. */
      readonly brokerSets: readonly string[];
      readonly deletionPolicy: 'Retain' | 'Delete';
      /** Where else it is that nobody wants it any more: it goes from there too, with the object. */
      readonly left?: (cluster: ClusterView) => readonly GroupPlace[];
    }
  | { readonly unusable: { readonly reason: StalledReason; readonly message: string } };

export interface Seen<Settings> {
  readonly observed: Observed<Settings>;
  readonly cluster: ClusterView;
}

export async function observeEntity<Settings>(
  kind: EntityKind<Settings>,
  object: LiveEntity,
  wanted: Wanted,
  context: Context,
): Promise<Seen<Settings>> {
  const { metadata, spec, status } = object;
  const { caches, clock } = context;
  const { namespace = '', deletionTimestamp } = metadata;
  const cluster = clusterView(caches, namespace, spec.clusterRef);
  const deletedForMs =
    deletionTimestamp === undefined ? undefined : clock.wallMs() - Date.parse(deletionTimestamp);
  const facts = {
    cluster,
    elder: findElder(caches, kind.resource, object),
    isManaged: annotationOf(object, annotations.managed.name) !== 'false',
    mayAdopt: annotationOf(object, annotations.adopt.name) === 'true',
    isClaimed: isClaimed(object, kind),
    wasSynced: status?.syncedAt !== undefined && status.observedGeneration === metadata.generation,
    hasFinalizer: hasFinalizer(object, kind.finalizer),
    deletedForMs,
    isNamespaceTerminating: deletedForMs !== undefined && (await isTerminating(namespace, context)),
  };
  if ('unusable' in wanted) {
    const { unusable } = wanted;
    const nothing = { wantsFinalizer: false, missingSets: [], brokers: [] };
    return { cluster, observed: { ...facts, ...nothing, unusable } };
  }
  const isGoing = deletedForMs !== undefined;
  const places = cluster.groups.filter(
    ({ set, isServing }) =>
      (isServing || isGoing) && (wanted.brokerSets.length === 0 || wanted.brokerSets.includes(set)),
  );
  const left = isGoing ? (wanted.left?.(cluster) ?? []) : [];
  const asksBrokers = facts.isManaged && facts.elder === undefined;
  return {
    cluster,
    observed: {
      ...facts,
      wantsFinalizer: wanted.deletionPolicy === 'Delete',
      missingSets: wanted.brokerSets.filter((name) => !places.some(({ set }) => set === name)),
      brokers: asksBrokers ? await askAll(kind, [...places, ...left], wanted.name, context) : [],
    },
  };
}

function askAll<Settings>(
  { find }: EntityKind<Settings>,
  places: readonly GroupPlace[],
  name: string,
  { access, signal }: Context,
): Promise<BrokerView<Settings>[]> {
  return Promise.all(
    places.map(async ({ group, address }) => {
      const found =
        address === undefined ? undefined : await find(access, { address, name, signal });
      return { group, address, found };
    }),
  );
}
