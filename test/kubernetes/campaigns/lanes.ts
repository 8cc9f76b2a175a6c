/**
 * Where the fields of a kind are tried: a namespace with an object of the kind, and what that one
 * needs. The fields of large kinds are dealt out to several, side by side.
 */
import type { Plural } from '../world.ts';
import { isLong } from './length.ts';

export interface Lane {
  readonly plural: Plural;
  /** Of the object whose fields are changed. */
  readonly name: string;
  readonly namespace: string;
  /** Each when the one before is ready. */
  readonly manifests: readonly string[];
  /** Its share of the values: the `part`-th of `parts`, from 0. */
  readonly part: number;
  readonly parts: number;
}

const CLUSTER = `
apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: it }
spec:
  nameServer: { replicas: 1, pod: { terminationGracePeriodSeconds: 5 } }
  brokerSets:
    - name: broker
      replicas: 1
      durability: Async
      storage: { size: 1Gi }
      update: { settle: 1s, progressDeadline: 20s }
      drain: { settle: 1s }
      probes: { readiness: { periodSeconds: 1 } }
      pod: { terminationGracePeriodSeconds: 10 }
`;

const NAME_SERVER = `
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: alone }
spec: { replicas: 1, pod: { terminationGracePeriodSeconds: 5 } }
`;

const BROKER_SET = `
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: alone }
spec:
  nameServers: { ref: { name: alone } }
  replicas: 1
  durability: Async
  storage: { size: 1Gi }
  update: { settle: 1s, progressDeadline: 20s }
  drain: { settle: 1s }
  probes: { readiness: { periodSeconds: 1 } }
  pod: { terminationGracePeriodSeconds: 10 }
`;

const TOPIC = `
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: orders }
spec: { clusterRef: { name: it } }
`;

const CONSUMER_GROUP = `
apiVersion: gantrymq.io/v1alpha1
kind: ConsumerGroup
metadata: { name: billing }
spec: { clusterRef: { name: it } }
`;

interface Row {
  readonly plural: Plural;
  readonly name: string;
  readonly manifests: readonly string[];
  /** In the long form. */
  readonly parts: number;
}

const rows: readonly Row[] = [
  { plural: 'rocketmqclusters', name: 'it', manifests: [CLUSTER], parts: 3 },
  { plural: 'brokersets', name: 'alone', manifests: [NAME_SERVER, BROKER_SET], parts: 2 },
  { plural: 'nameservers', name: 'alone', manifests: [NAME_SERVER], parts: 1 },
  { plural: 'topics', name: 'orders', manifests: [CLUSTER, TOPIC], parts: 1 },
  { plural: 'consumergroups', name: 'billing', manifests: [CLUSTER, CONSUMER_GROUP], parts: 1 },
];

export const lanes: readonly Lane[] = rows.flatMap(({ parts: long, ...row }) => {
  const parts = isLong ? long : 1;
  return Array.from({ length: parts }, (_, part) => {
    return { ...row, namespace: `lane-${row.plural}-${part}`, part, parts };
  });
});
