/** Messages as applications see them. */

/** A queue: where messages of a topic are in order. */
export interface MessageQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

export interface OutgoingMessage {
  readonly topic: string;
  readonly body: Buffer | string;
  /** One word that consumers can filter by. */
  readonly tags?: string;
  /** What the message can be found by. */
  readonly keys?: string | readonly string[];
  /** The application's own; names that RocketMQ gives a meaning are refused. */
  readonly properties?: Readonly<Record<string, string>>;
  /** 32 bits of the application's own. */
  readonly flag?: number;
  /** 1 to 18: 1 s, 5 s, 10 s, 30 s, 1 min … 2 h. */
  readonly delayLevel?: number;
  /** False: the broker may answer before the disk and the replicas have it. */
  readonly waitForStore?: boolean;
}

export interface ReceivedMessage extends MessageQueue {
  /** As it was sent: decompressed. */
  readonly body: Buffer;
  readonly tags: string | undefined;
  readonly keys: readonly string[];
  /** All of them, RocketMQ's too. */
  readonly properties: ReadonlyMap<string, string>;
  readonly flag: number;
  /** Its place in the queue. */
  readonly queueOffset: number;
  /** Its place in the broker's commit log. */
  readonly logOffset: number;
  /** Made by the producer. */
  readonly messageId: string;
  /** Made by the broker: its address and the place in its log. */
  readonly offsetMessageId: string;
  readonly bornTimestamp: number;
  readonly bornHost: string;
  readonly storeTimestamp: number;
  readonly storeHost: string;
  /** How often it has been handed back. */
  readonly reconsumeTimes: number;
}

export type SendStatus =
  | 'SEND_OK'
  /** Stored, but not known to be on disk or on a replica in time. */
  | 'FLUSH_DISK_TIMEOUT'
  | 'FLUSH_SLAVE_TIMEOUT'
  | 'SLAVE_NOT_AVAILABLE';

export interface SendResult {
  readonly status: SendStatus;
  readonly messageId: string;
  readonly offsetMessageId: string;
  readonly queue: MessageQueue;
  readonly queueOffset: number;
  readonly transactionId: string | undefined;
}

export function showQueue({ topic, brokerName, queueId }: MessageQueue): string {
  return `${topic}@${brokerName}:${queueId}`;
}
