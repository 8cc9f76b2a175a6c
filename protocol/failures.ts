/**
 * Every failure a peer can be told about: its code on each protocol, and whether another attempt
 * may help. Servers throw them by name, clients read answers with them, the reference page lists
 * them. Outcomes that carry a header of their own (nothing to pull, offset moved, stored but not
 * flushed) are no failures: they are answers with another code.
 */
export const failures = {
  InternalError: {
    remoting: 1,
    grpc: 50001,
    retriable: true,
    doc: 'The server could not do it for a reason of its own; its log says more.',
  },
  MalformedRequest: {
    remoting: 1,
    grpc: 40000,
    retriable: false,
    doc: 'A field or the body of the request is missing or cannot be read.',
  },
  /** No row for the code in this server's table. */
  RequestNotSupported: {
    remoting: 3,
    grpc: 50100,
    retriable: false,
    doc: 'This server does not know the request code.',
  },
  SystemBusy: {
    remoting: 2,
    grpc: 42900,
    retriable: true,
    doc: 'The server holds back load: try again later or another broker.',
  },
  FlushDiskTimeout: {
    remoting: 10,
    grpc: 50401,
    retriable: false,
    doc: 'Stored, but not known to be on disk in time.',
  },
  SlaveNotAvailable: {
    remoting: 11,
    grpc: 50002,
    retriable: true,
    doc: 'No replica is close enough, or the request needs the master and this is a slave.',
  },
  FlushSlaveTimeout: {
    remoting: 12,
    grpc: 50402,
    retriable: false,
    doc: 'Stored, but not known to be on a replica in time.',
  },
  IllegalMessage: {
    remoting: 13,
    retriable: false,
    doc: 'The message breaks a limit or a rule of its topic.',
  },
  ServiceNotAvailable: {
    remoting: 14,
    retriable: true,
    doc: 'The store takes no writes now: disk full, slave, or stopping.',
  },
  VersionNotSupported: {
    remoting: 15,
    retriable: false,
    doc: 'The client is too old for this server.',
  },
  NoPermission: {
    remoting: 16,
    grpc: 40300,
    retriable: false,
    doc: 'The broker, the topic, the group or the access rules forbid it.',
  },
  TopicNotFound: {
    remoting: 17,
    grpc: 40402,
    retriable: false,
    doc: 'No such topic on this broker, or no route to it.',
  },
  NotFound: {
    remoting: 22,
    retriable: false,
    doc: 'No such entry: a key, a message, a namespace.',
  },
  OffsetNotFound: {
    remoting: 22,
    grpc: 40404,
    retriable: false,
    doc: 'The group has no offset for the queue yet.',
  },
  SubscriptionUnparsable: {
    remoting: 23,
    grpc: 40010,
    retriable: false,
    doc: 'The filter expression cannot be parsed.',
  },
  SubscriptionNotFound: {
    remoting: 24,
    retriable: true,
    doc: 'No heartbeat has told this broker of the subscription.',
  },
  SubscriptionNotLatest: {
    remoting: 25,
    retriable: true,
    doc: 'This broker knows an older subscription than the consumer has.',
  },
  GroupNotFound: {
    remoting: 26,
    grpc: 40403,
    retriable: false,
    doc: 'No such consumer group, and groups are not created by use.',
  },
  FilterDataNotFound: {
    remoting: 27,
    retriable: true,
    doc: 'This broker does not have the SQL filter of the subscription.',
  },
  FilterDataNotLatest: {
    remoting: 28,
    retriable: true,
    doc: 'This broker has an older SQL filter than the consumer.',
  },
  InvalidParameter: {
    remoting: 29,
    grpc: 40000,
    retriable: false,
    doc: 'A value is readable but not allowed: a name, a queue number, a setting.',
  },
  ConsumerNotOnline: {
    remoting: 206,
    retriable: true,
    doc: 'No consumer of the group is connected.',
  },
  ConsumerTimedOut: {
    remoting: 207,
    retriable: true,
    doc: 'The consumer did not answer a relayed request in time.',
  },
  MessageNotFound: {
    remoting: 208,
    grpc: 40401,
    retriable: false,
    doc: 'The offset to acknowledge is outside the queue, or nothing was given.',
  },
  PollingFull: {
    remoting: 209,
    grpc: 42900,
    retriable: true,
    doc: 'Too many consumers wait already.',
  },
  PollingTimedOut: {
    remoting: 210,
    retriable: true,
    doc: 'No message came while the consumer waited.',
  },
  BrokerNotFound: {
    remoting: 211,
    retriable: false,
    doc: 'The container runs no such broker.',
  },
  FlowControl: {
    remoting: 215,
    grpc: 42900,
    retriable: true,
    doc: 'The consumer pulls faster than it may.',
  },
  NotLeaderForQueue: {
    remoting: 501,
    retriable: true,
    doc: 'Another broker serves this queue of a static topic.',
  },
  IllegalOperation: {
    remoting: 604,
    retriable: false,
    doc: 'It cannot be done any more: the transaction is too old, the handle does not fit.',
  },
  GoAway: {
    remoting: 1500,
    retriable: true,
    doc: 'The server is stopping: open a new connection and ask again.',
  },
  FencedMasterEpoch: {
    remoting: 2000,
    retriable: false,
    doc: 'Another master has been elected since.',
  },
  FencedSyncStateSetEpoch: {
    remoting: 2001,
    retriable: true,
    doc: 'The set of in-sync replicas has changed since.',
  },
  InvalidMaster: {
    remoting: 2002,
    retriable: false,
    doc: 'The sender is not the master that the controller knows.',
  },
  InvalidReplicas: {
    remoting: 2003,
    retriable: false,
    doc: 'The set names replicas that the controller does not know.',
  },
  MasterNotAvailable: {
    remoting: 2004,
    retriable: true,
    doc: 'No replica can be elected now.',
  },
  InvalidControllerRequest: {
    remoting: 2005,
    retriable: false,
    doc: 'A field that the controller needs is missing or wrong.',
  },
  BrokerNotAlive: {
    remoting: 2006,
    retriable: true,
    doc: 'The controller has no heartbeat of the broker.',
  },
  NotControllerLeader: {
    remoting: 2007,
    retriable: true,
    doc: 'Another controller leads: ask for the metadata and go there.',
  },
  BrokerMetadataNotFound: {
    remoting: 2008,
    retriable: false,
    doc: 'The controller knows no such broker group.',
  },
  InvalidBrokerCleaning: {
    remoting: 2009,
    retriable: false,
    doc: 'Brokers that are alive, or unknown, cannot be cleaned away.',
  },
  BrokerNotRegistered: {
    remoting: 2010,
    retriable: true,
    doc: 'The broker must register with the controller first.',
  },
  MasterStillExists: {
    remoting: 2011,
    retriable: false,
    doc: 'There is a master already, which stays.',
  },
  ElectMasterFailed: {
    remoting: 2012,
    retriable: true,
    doc: 'The election failed.',
  },
  AlterSyncStateSetFailed: {
    remoting: 2013,
    retriable: true,
    doc: 'The set of in-sync replicas could not be changed.',
  },
  BrokerIdInvalid: {
    remoting: 2014,
    retriable: false,
    doc: 'The broker id is taken by another broker.',
  },
  BrokerLiveInfoNotFound: {
    remoting: 2016,
    retriable: true,
    doc: 'The controller has nothing on how the broker is.',
  },
} as const satisfies Readonly<Record<string, FailureRow>>;

interface FailureRow {
  readonly remoting: number;
  /** What the proxy says instead; absent: its code for whatever else went wrong. */
  readonly grpc?: number;
  readonly retriable: boolean;
  readonly doc: string;
}

export type FailureName = keyof typeof failures;

/** A failure its caller is expected to handle. A bug throws `AssertionError` instead. */
export class Failure extends Error {
  override readonly name: FailureName;

  constructor(name: FailureName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }

  /** The response code that stands for it in the remoting protocol. */
  get code(): number {
    return failures[this.name].remoting;
  }

  get retriable(): boolean {
    return failures[this.name].retriable;
  }
}

const byCode = new Map<number, FailureName>();
for (const [name, { remoting }] of Object.entries(failures)) {
  // The first row of a code is the one that reading it back means.
  if (!byCode.has(remoting)) byCode.set(remoting, name as FailureName);
}

/** What a response code of another server means; undefined for success and unknown codes. */
export function findFailure(code: number): FailureName | undefined {
  return byCode.get(code);
}
