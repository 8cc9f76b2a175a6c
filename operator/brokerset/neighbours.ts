/**
 * Other sets of the same cluster: clients see their brokers beside those of this one, through the
 * same name servers.
 */
import { isDeepStrictEqual } from 'node:util';
import { type BrokerSet, clusterName } from '../api/broker-set.ts';
import { readObject } from '../api/read-object.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import { type Caches, type KubeObject, resources } from '../kube/mod.ts';

export interface LiveBrokerSet extends KubeObject {
  readonly status?: BrokerSetStatus;
}

/** Those that stay. */
export function neighboursOf(
  { metadata: { uid, namespace } }: LiveBrokerSet,
  brokerSet: BrokerSet,
  caches: Caches,
): LiveBrokerSet[] {
  return caches
    .of<LiveBrokerSet>(resources.brokerSets)
    .all(namespace)
    .filter(({ metadata }) => metadata.uid !== uid && metadata.deletionTimestamp === undefined)
    .filter((other) => {
      const read = readObject('BrokerSet', other);
      return 'manifest' in read && isSameCluster(read.manifest, brokerSet);
    });
}

function isSameCluster(one: BrokerSet, other: BrokerSet): boolean {
  return (
    clusterName(one) === clusterName(other) &&
    isDeepStrictEqual(one.spec.nameServers, other.spec.nameServers)
  );
}
