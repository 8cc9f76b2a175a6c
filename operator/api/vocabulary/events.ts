/** Every event that the operator reports, by its reason. A reason that is not here does not compile. */

/** Who says it, in each event. */
export const REPORTING_CONTROLLER = 'gantrymq.io/operator';

interface EventRow {
  readonly type: 'Normal' | 'Warning';
  readonly doc: string;
}

export const eventReasons = {
  Created: { type: 'Normal', doc: 'An object that belongs to it was made.' },
  Ready: { type: 'Normal', doc: 'It became ready.' },
  NotReady: { type: 'Warning', doc: 'It stopped being ready.' },
  Stalled: { type: 'Warning', doc: 'Nothing more happens until somebody acts.' },
  Recovered: { type: 'Normal', doc: 'It is not stalled any more.' },
  ReconcileFailed: { type: 'Warning', doc: 'A step failed and is tried again.' },
  CrdOutdated: { type: 'Warning', doc: 'The CRD of its kind is older than the operator.' },
  GateHeld: { type: 'Normal', doc: 'The next step waits for a gate.' },
  GateSkipped: { type: 'Warning', doc: 'A gate was passed because an annotation says so.' },
  RollStarted: { type: 'Normal', doc: 'Pods are going to be replaced.' },
  PodReplaced: { type: 'Normal', doc: 'A pod was deleted so that a current one takes its place.' },
  RollFinished: { type: 'Normal', doc: 'Every pod is current.' },
  RollPaused: { type: 'Warning', doc: 'A pod did not come back: no other is touched.' },
  PodRepaired: { type: 'Normal', doc: 'A broken pod was deleted so that it starts afresh.' },
  PodForceDeleted: { type: 'Warning', doc: 'A pod of a node that is gone was freed.' },
  ScaledOut: { type: 'Normal', doc: 'A group or pod was added and serves.' },
  ScaledIn: { type: 'Normal', doc: 'A group or pod was removed.' },
  DrainBlocked: { type: 'Warning', doc: 'A group cannot be taken away; the message says why.' },
  MetadataCopied: { type: 'Normal', doc: 'A new group got the topics and groups of the others.' },
  ConfigApplied: { type: 'Normal', doc: 'Running processes took a new configuration.' },
  ConfigRefused: { type: 'Warning', doc: 'A process refused a value.' },
  ConfigRepaired: { type: 'Normal', doc: 'A value that somebody had changed was set again.' },
  VolumeExpanding: { type: 'Normal', doc: 'A claim was told to grow.' },
  VolumeExpansionFailed: { type: 'Warning', doc: 'A claim cannot grow.' },
  StatefulSetRecreated: {
    type: 'Normal',
    doc: 'A StatefulSet was made anew around its pods, because its claims cannot be changed.',
  },
  Suspended: { type: 'Normal', doc: 'All pods are stopped; the data stays.' },
  Upgrading: { type: 'Normal', doc: 'A component gets a new version.' },
  Upgraded: { type: 'Normal', doc: 'Every component has the new version.' },
  Synced: { type: 'Normal', doc: 'Brokers were told of a topic or group.' },
  Adopted: { type: 'Normal', doc: 'A topic or group that existed is managed from now on.' },
  DriftRepaired: { type: 'Normal', doc: 'A setting that somebody had changed was set again.' },
  QueueShrinkStarted: { type: 'Normal', doc: 'Queues are closed for writing, to be taken away.' },
  QueueShrinkFinished: { type: 'Normal', doc: 'The queues that were closed are gone.' },
  LeavingSet: { type: 'Normal', doc: 'A topic is closed for writing where it is to go.' },
  Deleting: { type: 'Normal', doc: 'What belongs to it is being removed.' },
  Removed: { type: 'Normal', doc: 'A topic or group was removed from the brokers.' },
  Released: { type: 'Normal', doc: 'It is not managed any more; the brokers keep it.' },
} as const satisfies Readonly<Record<string, EventRow>>;

export type EventReason = keyof typeof eventReasons;
