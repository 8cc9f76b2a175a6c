/** Every label that the operator sets on what it renders. */

interface LabelRow {
  readonly name: string;
  readonly doc: string;
}

/** Of `labels.managedBy`, on all that the operator makes. */
export const MANAGED_BY = 'gantry-operator';

export const labels = {
  name: { name: 'app.kubernetes.io/name', doc: 'Always `gantry`.' },
  instance: { name: 'app.kubernetes.io/instance', doc: 'Name of the component.' },
  component: { name: 'app.kubernetes.io/component', doc: '`nameserver` or `broker`.' },
  partOf: { name: 'app.kubernetes.io/part-of', doc: 'Always `gantry`.' },
  version: { name: 'app.kubernetes.io/version', doc: 'Version of Gantry that it runs.' },
  managedBy: {
    name: 'app.kubernetes.io/managed-by',
    doc: 'Always `gantry-operator`: the operator watches only objects with it.',
  },
  cluster: { name: 'gantrymq.io/cluster', doc: 'Name of the RocketMQCluster that it is part of.' },
  brokerSet: { name: 'gantrymq.io/broker-set', doc: 'Name of the BrokerSet that it belongs to.' },
  role: {
    name: 'gantrymq.io/role',
    doc: 'On a pod of a broker: `master` or `slave` of its group; for Services and people.',
  },
  brokerGroup: { name: 'gantrymq.io/broker-group', doc: 'Name of the broker group.' },
} as const satisfies Readonly<Record<string, LabelRow>>;

export type LabelName = (typeof labels)[keyof typeof labels]['name'];
