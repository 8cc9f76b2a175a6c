/**
 * Sends messages. A send is tried up to `triesMax` times within one timeout, on another broker each
 * time, when the broker could not be reached or refused in a way that another might not.
 *
 * At least once: a message whose answer was lost is sent again, and consumers may see it twice.
 */
import {
  AUTO_CREATE_TOPIC,
  brokerRequests,
  encodeBatch,
  Failure,
  isRetryTopic,
  requireGroupName,
  responseCodes,
} from '../protocol/mod.ts';
import { RemoteRefusal, type Reply } from '../remoting/mod.ts';
import { NetworkError, type Runtime } from '../runtime/mod.ts';
import { compress } from './compression.ts';
import type { MessageQueue, OutgoingMessage, SendResult, SendStatus } from './message.ts';
import { BODY_BYTES_MAX, encodeMessage } from './message-encoding.ts';
import type { ClientOptions } from './options.ts';
import { QueueChoice } from './queue-choice.ts';
import { findMaster, publishQueues, type TopicRoute } from './route.ts';
import { Session } from './session.ts';
import { unlessRefused } from './unless-refused.ts';

/** What a topic gets at most that is made by its first message. */
const DEFAULT_TOPIC_QUEUES = 4;
const COMPRESS_BYTES_MIN = 4096;

const { SEND_MESSAGE_V2, SEND_BATCH_MESSAGE } = brokerRequests;

const statuses: ReadonlyMap<number, SendStatus> = new Map([
  [responseCodes.SUCCESS, 'SEND_OK'],
  [responseCodes.FLUSH_DISK_TIMEOUT, 'FLUSH_DISK_TIMEOUT'],
  [responseCodes.SLAVE_NOT_AVAILABLE, 'SLAVE_NOT_AVAILABLE'],
  [responseCodes.FLUSH_SLAVE_TIMEOUT, 'FLUSH_SLAVE_TIMEOUT'],
]);

/** Refusals after which another broker is tried. */
const retriable: ReadonlySet<number> = new Set([
  responseCodes.SYSTEM_ERROR,
  responseCodes.SYSTEM_BUSY,
  responseCodes.SERVICE_NOT_AVAILABLE,
  responseCodes.NO_PERMISSION,
  responseCodes.TOPIC_NOT_EXIST,
  responseCodes.NO_BUYER_ID,
  responseCodes.NOT_IN_CURRENT_UNIT,
  responseCodes.GO_AWAY,
]);

export interface ProducerOptions extends ClientOptions {
  readonly group?: string;
  /** For a send with all its tries. */
  readonly sendTimeoutMs?: number;
  readonly triesMax?: number;
}

export interface SendOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** This queue and no other; then there is one try. */
  readonly queue?: MessageQueue | undefined;
}

/** What one request carries, whichever queue it goes to. */
interface Parcel {
  readonly topic: string;
  readonly messageId: string;
  readonly body: Buffer;
  readonly properties: string;
  readonly sysFlag: number;
  readonly flag: number;
  readonly isBatch: boolean;
}

export class Producer implements AsyncDisposable {
  readonly #session: Session;
  readonly #choice: QueueChoice;
  readonly #group: string;
  readonly #timeoutMs: number;
  readonly #triesMax: number;

  private constructor(runtime: Runtime, options: ProducerOptions) {
    const { group = 'GANTRY_PRODUCER', sendTimeoutMs = 3000, triesMax = 3 } = options;
    requireGroupName(group);
    this.#group = group;
    this.#timeoutMs = sendTimeoutMs;
    this.#triesMax = triesMax;
    this.#choice = new QueueChoice(runtime.random);
    const membership = {
      producerDataSet: [{ groupName: group }],
      consumerDataSet: [],
    };
    this.#session = new Session(runtime, options, { membership: () => membership });
  }

  /** Throws a `Failure` when an option is wrong. Connections are made when first needed. */
  static start(runtime: Runtime, options: ProducerOptions): Producer {
    return new Producer(runtime, options);
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** The queues of a topic that can be sent to. */
  async queues(topic: string): Promise<MessageQueue[]> {
    return publishQueues(await this.#route(topic));
  }

  /** Resolves once stored; rejects with what the last try failed with. */
  async send(message: OutgoingMessage, options: SendOptions = {}): Promise<SendResult> {
    return this.#deliver(this.#parcel(message), options);
  }

  /** Sends messages of one topic in one request: all are stored, or none. */
  async sendBatch(
    messages: readonly OutgoingMessage[],
    options: SendOptions = {},
  ): Promise<SendResult> {
    return this.#deliver(this.#batch(messages), options);
  }

  /** Sends without asking for an answer: nobody learns whether it was stored. */
  async sendOneway(message: OutgoingMessage, { queue }: SendOptions = {}): Promise<void> {
    const parcel = this.#parcel(message);
    const route = await this.#route(parcel.topic);
    const chosen = this.#requireQueue(route, queue);
    await this.#session.remoting.notify(this.#requireMaster(route, chosen), {
      code: SEND_MESSAGE_V2.code,
      fields: SEND_MESSAGE_V2.request.encode(this.#header(parcel, chosen)),
      body: parcel.body,
    });
  }

  async close(): Promise<void> {
    await this.#session.leave({ producerGroup: this.#group });
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #deliver(parcel: Parcel, options: SendOptions): Promise<SendResult> {
    const { clock } = this.#session.runtime;
    const { queue, signal, timeoutMs = this.#timeoutMs } = options;
    const endMs = clock.monotonicMs() + timeoutMs;
    let failed: MessageQueue | undefined;
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const route = await this.#route(parcel.topic);
      const chosen = this.#requireQueue(route, queue, failed?.brokerName);
      const address = this.#requireMaster(route, chosen);
      try {
        const leftMs = Math.max(1, endMs - clock.monotonicMs());
        return await this.#post(parcel, chosen, { address, timeoutMs: leftMs, signal });
      } catch (error) {
        const isLast = tries >= this.#triesMax || queue !== undefined;
        if (isLast || !isRetriable(error) || clock.monotonicMs() >= endMs) throw error;
        failed = chosen;
        // The broker may have moved. Without an answer the old route has to do.
        await unlessRefused(this.#session.routes.refresh(parcel.topic));
      }
    }
  }

  async #post(
    parcel: Parcel,
    queue: MessageQueue,
    to: {
      readonly address: string;
      readonly timeoutMs: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<SendResult> {
    const { address, ...limits } = to;
    const row = parcel.isBatch ? SEND_BATCH_MESSAGE : SEND_MESSAGE_V2;
    const reply = await this.#session.remoting.request(address, row, {
      header: this.#header(parcel, queue),
      body: parcel.body,
      outcomes: [...statuses.keys()],
      what: `send to "${parcel.topic}"`,
      ...limits,
    });
    return resultOf(reply, parcel, queue);
  }

  #header({ topic, properties, sysFlag, flag, isBatch }: Parcel, queue: MessageQueue) {
    return {
      producerGroup: this.#group,
      topic,
      defaultTopic: AUTO_CREATE_TOPIC,
      defaultTopicQueueNums: DEFAULT_TOPIC_QUEUES,
      queueId: queue.queueId,
      sysFlag,
      bornTimestamp: this.#session.runtime.clock.wallMs(),
      flag,
      properties,
      reconsumeTimes: 0,
      unitMode: false,
      batch: isBatch,
      bname: queue.brokerName,
    };
  }

  #parcel(message: OutgoingMessage): Parcel {
    const encoded = encodeMessage(message, this.#session.uniqueKeys.next());
    const { topic, flag = 0 } = message;
    if (encoded.body.length < COMPRESS_BYTES_MIN) {
      return { ...encoded, topic, flag, sysFlag: 0, isBatch: false };
    }
    return { ...encoded, ...compress(encoded.body), topic, flag, isBatch: false };
  }

  #batch(messages: readonly OutgoingMessage[]): Parcel {
    const [first] = messages;
    if (first === undefined) throw new Failure('IllegalMessage', 'Cannot send a batch of nothing');
    const items = messages.map((message) => {
      requireSameBatch(first, message);
      const encoded = encodeMessage(message, this.#session.uniqueKeys.next());
      return { flag: message.flag ?? 0, encoded };
    });
    const whole = { topic: first.topic, body: 'batch', waitForStore: first.waitForStore ?? true };
    const { properties } = encodeMessage(whole, this.#session.uniqueKeys.next());
    const body = encodeBatch(
      items.map(({ flag, encoded }) => {
        return { flag, body: encoded.body, properties: Buffer.from(encoded.properties) };
      }),
    );
    if (body.length > BODY_BYTES_MAX) {
      const size = `is ${body.length} bytes, the limit is ${BODY_BYTES_MAX}`;
      throw new Failure('IllegalMessage', `Cannot send a batch to "${first.topic}": it ${size}`);
    }
    return {
      topic: first.topic,
      messageId: items.map(({ encoded }) => encoded.messageId).join(','),
      body,
      properties,
      sysFlag: 0,
      flag: 0,
      isBatch: true,
    };
  }

  /** The route, or what it will be when the first message makes the topic. */
  async #route(topic: string): Promise<TopicRoute> {
    const { routes } = this.#session;
    const known = await routes.find(topic);
    if (known !== undefined) return known;
    const model = await this.#session.nameServers.findRoute(AUTO_CREATE_TOPIC);
    if (model === undefined) {
      throw new Failure('TopicNotFound', `Cannot send to "${topic}": no broker has the topic`);
    }
    const queues = model.queues.map((data) => {
      const count = Math.min(DEFAULT_TOPIC_QUEUES, data.readQueues);
      return { ...data, readQueues: count, writeQueues: count };
    });
    const route = { ...model, topic, queues };
    routes.adopt(topic, route);
    return route;
  }

  #requireQueue(route: TopicRoute, wanted?: MessageQueue, avoided?: string): MessageQueue {
    const chosen = wanted ?? this.#choice.choose(publishQueues(route), avoided);
    if (chosen !== undefined) return chosen;
    const { topic } = route;
    throw new Failure('TopicNotFound', `Cannot send to "${topic}": no queue takes messages now`);
  }

  #requireMaster(route: TopicRoute, { topic, brokerName }: MessageQueue): string {
    const address = findMaster(route, brokerName);
    if (address !== undefined) return address;
    const message = `Cannot send to "${topic}": broker "${brokerName}" has no master`;
    throw new Failure('ServiceNotAvailable', message);
  }
}

function isRetriable(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof RemoteRefusal && retriable.has(error.code);
}

function resultOf(
  {
    code,
    header,
  }: Reply<{
    msgId: string;
    queueId: number;
    queueOffset: number;
    transactionId?: string | undefined;
  }>,
  { topic, messageId }: Parcel,
  { brokerName }: MessageQueue,
): SendResult {
  return {
    status: statuses.get(code) ?? 'SEND_OK',
    messageId,
    offsetMessageId: header.msgId,
    queue: { topic, brokerName, queueId: header.queueId },
    queueOffset: header.queueOffset,
    transactionId: header.transactionId,
  };
}

function requireSameBatch(first: OutgoingMessage, message: OutgoingMessage): void {
  const problem = batchProblem(first, message);
  if (problem === undefined) return;
  throw new Failure('IllegalMessage', `Cannot send a batch to "${first.topic}": ${problem}`);
}

function batchProblem(first: OutgoingMessage, message: OutgoingMessage): string | undefined {
  if (message.topic !== first.topic) return `one message is for "${message.topic}"`;
  if (message.waitForStore !== first.waitForStore) return 'waitForStore differs';
  if (message.delayLevel !== undefined) return 'messages with a delay cannot be in a batch';
  if (isRetryTopic(message.topic)) return 'retry topics take no batches';
  return undefined;
}
