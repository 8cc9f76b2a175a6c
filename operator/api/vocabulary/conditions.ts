/**
 * Every condition that the operator writes into a status, with every reason it may have. A type or
 * reason that is not here does not compile. `Reconciling` and `Stalled` are there only while they
 * are true, as kstatus wants it; the others always are, with status Unknown where nobody knows.
 */

interface ConditionRow {
  readonly doc: string;
  readonly reasons: Readonly<Record<string, string>>;
}

export const conditionTypes = {
  Ready: {
    doc: 'Whether everything that the spec asks for is there and serves.',
    reasons: {
      AllReady: 'Everything is there and answers.',
      Creating: 'It is being made for the first time.',
      NotReady: 'A pod is not there or does not serve; the message names it.',
      NotRouted: 'A broker group serves, and a name server does not know it yet.',
      ComponentsNotReady: 'A component of the cluster is not ready; the message names it.',
      Suspended: 'It is stopped because the spec says so.',
      Stalled: 'Nothing more happens until somebody acts: see the condition `Stalled`.',
      Deleting: 'It is being deleted.',
      Synced: 'All brokers have the topic or group as the spec says.',
      ClusterNotFound: 'The cluster that `clusterRef` names does not exist.',
      ClusterNotReady: 'The cluster that `clusterRef` names does not serve yet.',
      BrokersUnreachable: 'Not every broker answered; the message names those that did not.',
      Unmanaged: 'An annotation keeps the operator from changing it.',
    },
  },
  Reconciling: {
    doc: 'There is work under way; the message says which step, and which gate holds it.',
    reasons: {
      Creating: 'Objects are being made.',
      Applying: 'Objects were told something new; what follows from it is not seen yet.',
      ApplyingConfig: 'Running brokers are being told their new configuration.',
      RollingUpdate: 'Pods are being replaced, one after another.',
      Repairing: 'A pod that is broken is being replaced.',
      ScaleOut: 'Groups or pods are being added.',
      Draining: 'A group is being taken away, after its last message.',
      ScaleIn: 'Groups or pods are being removed.',
      ExpandingVolumes: 'Claims are growing.',
      Suspending: 'Pods are being stopped, keeping their data.',
      Upgrading: 'Components get a new version, in their order.',
      GateHeld: 'The next step waits for a gate; the message names it.',
      Syncing: 'Brokers are being told of the topic or group.',
      QueueShrink: 'Queues are being taken away, after their last message.',
      LeavingSets: 'It is being taken from broker sets, after its last message there.',
      Deleting: 'What belongs to it is being removed.',
    },
  },
  Stalled: {
    doc: 'Nothing more happens until the spec, the cluster or the operator is changed.',
    reasons: {
      InvalidSpec: 'The spec contradicts itself; the message names the field.',
      InvalidConfig: 'A broker refused a key of `config`; the others were applied.',
      InvalidPodOptions: 'The API server refuses the pods that `pod` and `overrides` make.',
      NotImplemented: 'The spec asks for what this version does not have; the message names it.',
      ImagePull: 'The image cannot be pulled.',
      CrashLoop: 'A pod ends again and again.',
      ProgressDeadline: 'A roll has not moved for `update.progressDeadline`.',
      QuotaExceeded: 'A quota of the namespace forbids an object.',
      Forbidden: 'The operator lacks a right; the message names it.',
      IdentityMismatch: 'A volume holds the data of another group or cluster.',
      ForeignObject: 'An object of the wanted name belongs to somebody else.',
      Evicted: 'A pod is evicted again and again.',
      Conflict: 'The topic or group exists with other settings and may not be adopted.',
      Duplicate: 'An older object names the same topic or group.',
      NamespaceNotAllowed: 'The cluster does not allow objects of this namespace to point at it.',
      LastBrokerSet: 'The last broker set of a cluster goes only with `deletionPolicy: Delete`.',
    },
  },
  ReplicationHealthy: {
    doc: 'Whether every group has a master and as many copies as the spec asks for.',
    reasons: {
      AllInSync: 'Every group has its master and all its copies.',
      NoMaster: 'A group has no master; the message names it.',
      Unknown: 'A group could not be asked.',
    },
  },
  ConfigApplied: {
    doc: 'Whether every running process has the configuration of the spec.',
    reasons: {
      Applied: 'Every process says so.',
      Applying: 'Not every process was told yet.',
      WaitingForRestart: 'A key takes effect with the next start of a pod.',
      Refused: 'A process refused a value; the message names key and reason.',
      Unknown: 'A process could not be asked.',
    },
  },
  VolumesReady: {
    doc: 'Whether every claim is bound and as large as the spec says.',
    reasons: {
      Bound: 'All claims are bound and large enough.',
      NoVolumes: 'The data is ephemeral: there are no claims.',
      Pending: 'A claim is not bound yet; the message says what its events say.',
      NoStorageClass: 'There is no storage class of that name, or no default one.',
      Expanding: 'A claim is growing.',
      FileSystemResizePending: 'A volume has grown; its file system follows when its pod restarts.',
      NotExpandable: 'The storage class does not allow volumes to grow.',
      ExpansionFailed: 'A claim cannot grow that far; a smaller size may be set.',
      QuotaExceeded: 'A quota forbids claims that large.',
      ForeignClaim: 'A claim of the wanted name belongs to another cluster.',
      Lost: 'The volume of a claim is gone.',
    },
  },
  MonitoringApplied: {
    doc: 'Whether the objects that `spec.monitoring` asks for are there.',
    reasons: {
      Applied: 'They are; the message names them.',
      NothingWanted: 'None is asked for, or with `Auto` only kinds that Kubernetes does not know.',
      KindMissing: 'One is `Enabled` whose kind Kubernetes does not know; the message names it.',
      Refused: 'The API server refuses one; the message says why.',
      Unknown: 'Nobody has looked yet, or the API server did not answer.',
    },
  },
  AvailabilityRisk: {
    doc: 'Whether the next planned step makes clients wait.',
    reasons: {
      SingleReplica: 'Groups of one broker do not take messages while their pod is replaced.',
      None: 'Nothing that is planned interrupts clients.',
    },
  },
  DataDurable: {
    doc: 'Whether the data outlives a pod.',
    reasons: {
      OnVolumes: 'The data is on volumes.',
      Ephemeral: 'The data dies with its pod: `storage.ephemeral`.',
    },
  },
  DrainBlocked: {
    doc: 'Whether a group that is to be taken away cannot be.',
    reasons: {
      NotEmpty: 'There are messages on it that somebody may still want.',
      LastGroup: 'It is the last group that takes messages.',
      Forbidden: '`drain.policy` forbids it.',
      Unknown: 'It could not be asked what it holds.',
      NotBlocked: 'Nothing is in the way.',
    },
  },
  QueueShrink: {
    doc: 'Whether queues of a topic are being taken away.',
    reasons: {
      WaitingForConsumers: 'The queues are closed for writing; groups still have to read them.',
      Done: 'There are as many queues as the spec says.',
    },
  },
  Paused: {
    doc: 'Whether changes wait because somebody said so, or because a roll failed.',
    reasons: {
      ByAnnotation: 'The annotation `gantrymq.io/paused` is set.',
      RollFailed: 'A pod did not come back; change or revert the spec.',
      NotPaused: 'Changes are made.',
    },
  },
} as const satisfies Readonly<Record<string, ConditionRow>>;

export type ConditionType = keyof typeof conditionTypes;

export type ReasonOf<Type extends ConditionType> = keyof (typeof conditionTypes)[Type]['reasons'] &
  string;

export type StalledReason = ReasonOf<'Stalled'>;

/** A condition as a reconciler states it: a type with one of its own reasons. */
export type StatedCondition = {
  readonly [Type in ConditionType]: {
    readonly type: Type;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: ReasonOf<Type>;
    readonly message: string;
  };
}[ConditionType];
