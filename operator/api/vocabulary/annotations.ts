/** Every annotation that the operator reads or writes. Names that are not here do not compile. */

interface AnnotationRow {
  /** The annotation's whole name. */
  readonly name: `gantrymq.io/${string}`;
  /** Who sets it: a person, on our kinds; or the operator, on what it renders. */
  readonly by: 'person' | 'operator';
  readonly doc: string;
}

export const annotations = {
  paused: {
    name: 'gantrymq.io/paused',
    by: 'person',
    doc: '`"true"`: nothing is changed, only the status is kept current.',
  },
  restartedAt: {
    name: 'gantrymq.io/restarted-at',
    by: 'person',
    doc: 'Any new value restarts all pods, one after another.',
  },
  skipGates: {
    name: 'gantrymq.io/skip-gates',
    by: 'person',
    doc: 'Names of gates that are passed although they hold, separated by commas.',
  },
  unmanagedConfig: {
    name: 'gantrymq.io/unmanaged-config',
    by: 'person',
    doc: 'Keys of the configuration, separated by commas, that are not set again when changed.',
  },
  deleteWithoutDrain: {
    name: 'gantrymq.io/delete-without-drain',
    by: 'person',
    doc: '`"true"` on a BrokerSet: it may be deleted alone with messages on it.',
  },
  adopt: {
    name: 'gantrymq.io/adopt',
    by: 'person',
    doc: '`"true"` on a Topic or ConsumerGroup: one that exists with other settings is changed.',
  },
  managed: {
    name: 'gantrymq.io/managed',
    by: 'person',
    doc: '`"false"` on a Topic or ConsumerGroup: the brokers are left as they are.',
  },
  applied: {
    name: 'gantrymq.io/applied',
    by: 'operator',
    doc: 'Hash of the object as it was rendered, so that nothing is applied twice.',
  },
  restartHash: {
    name: 'gantrymq.io/restart-hash',
    by: 'operator',
    doc: 'Hash of what takes a restart to change, on the pod template.',
  },
  configApplied: {
    name: 'gantrymq.io/config-applied',
    by: 'operator',
    doc: 'Hash of the configuration that the process of a pod has confirmed.',
  },
  owner: {
    name: 'gantrymq.io/owner',
    by: 'operator',
    doc: 'On a claim: kind, namespace, name and group whose data it holds.',
  },
  drainedAt: {
    name: 'gantrymq.io/drained-at',
    by: 'operator',
    doc: 'On a claim that was kept: when its group was taken away.',
  },
} as const satisfies Readonly<Record<string, AnnotationRow>>;

export type AnnotationName = (typeof annotations)[keyof typeof annotations]['name'];
