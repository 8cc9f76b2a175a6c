/** Every finalizer that the operator sets, and what it does before it takes it off. */

interface FinalizerRow {
  readonly name: `gantrymq.io/${string}`;
  readonly kind: string;
  readonly doc: string;
}

export const finalizers = {
  teardown: {
    name: 'gantrymq.io/teardown',
    kind: 'RocketMQCluster',
    doc: 'Releases topics and groups, then removes broker sets before name servers.',
  },
  drain: {
    name: 'gantrymq.io/drain',
    kind: 'BrokerSet',
    doc: 'Keeps a set that is deleted alone until it is empty, while its cluster lives.',
  },
  topic: {
    name: 'gantrymq.io/topic',
    kind: 'Topic',
    doc: 'Removes the topic from the brokers, with `deletionPolicy: Delete`.',
  },
  consumerGroup: {
    name: 'gantrymq.io/consumer-group',
    kind: 'ConsumerGroup',
    doc: 'Removes the group from the brokers, with `deletionPolicy: Delete`.',
  },
} as const satisfies Readonly<Record<string, FinalizerRow>>;

export type FinalizerName = (typeof finalizers)[keyof typeof finalizers]['name'];
