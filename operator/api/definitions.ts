/** What a kind is called by, and what `kubectl get` shows of it. */
import type { KindName } from './kinds.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

/** Where autoscalers and `kubectl scale` read and write. */
export interface Scale {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath: string;
}

export interface Definition {
  readonly plural: string;
  readonly shortName: string;
  readonly doc: string;
  readonly columns: readonly Column[];
  readonly scale?: Scale;
}

const condition = (type: string): string => `.status.conditions[?(@.type=="${type}")].status`;

const ready: Column = { name: 'Ready', type: 'string', jsonPath: condition('Ready') };
const version: Column = { name: 'Version', type: 'string', jsonPath: '.status.version' };
/** Why it is ready or not, in one word; the message, for a person, may be long. */
const reason: Column = {
  name: 'Reason',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
  priority: 1,
};
const phase: Column = { name: 'Phase', type: 'string', jsonPath: '.status.phase' };
const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const pods: readonly Column[] = [
  { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
  { name: 'Ready', type: 'integer', jsonPath: '.status.readyReplicas' },
];

const byReplicas: Scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};

export const definitions: Readonly<Record<KindName, Definition>> = {
  RocketMQCluster: {
    plural: 'rocketmqclusters',
    shortName: 'rmq',
    doc: 'A whole cluster: name servers, broker sets, and what belongs to them.',
    columns: [
      ready,
      { name: 'Groups', type: 'integer', jsonPath: '.status.groups' },
      { name: 'Serving', type: 'integer', jsonPath: '.status.readyGroups' },
      version,
      phase,
      age,
      reason,
      {
        name: 'Name-Server',
        type: 'string',
        jsonPath: '.status.endpoints[?(@.name=="nameserver-service")].address',
        priority: 1,
      },
    ],
  },
  NameServer: {
    plural: 'nameservers',
    shortName: 'rmqns',
    doc: 'Name servers: where clients learn which broker has which topic.',
    columns: [
      ...pods,
      version,
      phase,
      age,
      reason,
      { name: 'Addresses', type: 'string', jsonPath: '.status.addresses', priority: 1 },
    ],
    scale: byReplicas,
  },
  Controller: {
    plural: 'controllers',
    shortName: 'rmqctl',
    doc: 'The quorum that knows who is master of each broker group. Not implemented yet.',
    columns: [
      ...pods,
      { name: 'Leader', type: 'string', jsonPath: '.status.leader' },
      { name: 'Term', type: 'integer', jsonPath: '.status.term' },
      version,
      age,
    ],
  },
  BrokerSet: {
    plural: 'brokersets',
    shortName: 'rmqbs',
    doc: 'Broker groups that are alike; a group is one broker name, the unit of scaling.',
    columns: [
      { name: 'Groups', type: 'integer', jsonPath: '.spec.groups' },
      { name: 'Serving', type: 'integer', jsonPath: '.status.readyGroups' },
      { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
      { name: 'In-Sync', type: 'string', jsonPath: condition('ReplicationHealthy') },
      version,
      phase,
      age,
      reason,
      {
        name: 'Masters',
        type: 'string',
        jsonPath: '.status.masters',
        priority: 1,
      },
      { name: 'Storage', type: 'string', jsonPath: '.spec.storage.size', priority: 1 },
      { name: 'Durability', type: 'string', jsonPath: '.spec.durability', priority: 1 },
    ],
    scale: {
      specReplicasPath: '.spec.groups',
      statusReplicasPath: '.status.groups',
      labelSelectorPath: '.status.selector',
    },
  },
  Proxy: {
    plural: 'proxies',
    shortName: 'rmqpx',
    doc: 'Where clients of the gRPC protocol connect. Not implemented yet.',
    columns: [
      ...pods,
      { name: 'Endpoint', type: 'string', jsonPath: '.status.endpoints[0].internal' },
      version,
      age,
    ],
    scale: byReplicas,
  },
  Topic: {
    plural: 'topics',
    shortName: 'rmqt',
    doc: 'A topic of a cluster.',
    columns: [
      { name: 'Cluster', type: 'string', jsonPath: '.spec.clusterRef.name' },
      { name: 'Topic', type: 'string', jsonPath: '.status.topicName' },
      { name: 'Type', type: 'string', jsonPath: '.spec.messageType' },
      { name: 'Queues', type: 'integer', jsonPath: '.spec.queues.write' },
      ready,
      age,
      reason,
      { name: 'Permission', type: 'string', jsonPath: '.spec.permission', priority: 1 },
      { name: 'Deletion', type: 'string', jsonPath: '.spec.deletionPolicy', priority: 1 },
    ],
  },
  ConsumerGroup: {
    plural: 'consumergroups',
    shortName: 'rmqcg',
    doc: 'A group of consumers of a cluster.',
    columns: [
      { name: 'Cluster', type: 'string', jsonPath: '.spec.clusterRef.name' },
      { name: 'Group', type: 'string', jsonPath: '.status.groupName' },
      ready,
      age,
      reason,
      { name: 'Deletion', type: 'string', jsonPath: '.spec.deletionPolicy', priority: 1 },
    ],
  },
};
