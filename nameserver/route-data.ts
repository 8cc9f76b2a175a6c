/** The words of the route tables, as they stand in requests and answers. */

/** Which version of its topics a broker has; equal only when all three parts are. */
export interface DataVersion {
  readonly counter: number;
  /** The master's epoch with a controller: an older life must not overwrite a newer one. */
  readonly stateVersion: number;
  readonly timestamp: number;
}

/** The queues of one topic on the brokers of one name. */
export interface QueueData {
  readonly brokerName: string;
  readonly perm: number;
  readonly readQueueNums: number;
  readonly topicSysFlag: number;
  readonly writeQueueNums: number;
}

/** What a broker says of a topic, as far as routes need it. */
export type TopicQueues = Omit<QueueData, 'brokerName'>;

/** Which logical queues of a static topic a broker hosts. */
export interface QueueMapping {
  readonly bname: string;
  readonly currIdMap: ReadonlyMap<number, number>;
  readonly dirty: boolean;
  readonly epoch: number;
  readonly scope?: string | undefined;
  readonly topic: string;
  readonly totalQueues: number;
}

export const NO_VERSION: DataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };

export function sameVersion(left: DataVersion, right: DataVersion): boolean {
  return (
    left.counter === right.counter &&
    left.timestamp === right.timestamp &&
    left.stateVersion === right.stateVersion
  );
}
