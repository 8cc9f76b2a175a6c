/**
 * Under which name each reconciler applies what it owns. A name is for ever: the API server
 * remembers by it which fields were whose.
 */

interface FieldManagerRow {
  readonly name: `gantry-${string}`;
  readonly doc: string;
}

export const fieldManagers = {
  RocketMQCluster: { name: 'gantry-cluster', doc: 'Specs of components, status of clusters.' },
  NameServer: { name: 'gantry-nameserver', doc: 'What a NameServer renders, and its status.' },
  BrokerSet: { name: 'gantry-brokerset', doc: 'What a BrokerSet renders, and its status.' },
  Controller: { name: 'gantry-controller', doc: 'Status of Controllers.' },
  Proxy: { name: 'gantry-proxy', doc: 'Status of Proxies.' },
  Topic: { name: 'gantry-topic', doc: 'Status and finalizer of Topics.' },
  ConsumerGroup: {
    name: 'gantry-consumergroup',
    doc: 'Status and finalizer of ConsumerGroups.',
  },
} as const satisfies Readonly<Record<string, FieldManagerRow>>;

export type FieldManager = (typeof fieldManagers)[keyof typeof fieldManagers]['name'];
