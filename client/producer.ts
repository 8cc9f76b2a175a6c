/**
 * Sends messages. A send is tried up to `triesMax` times within one timeout, on another broker each
 * time, when the broker could not be reached or refused in a way that another might not. While there
 * is another broker, a try has half of the time that is left, and brokers that failed lately are
 * passed over.
 *
 * At least once: a message whose answer was lost is sent again, and consumers may see it twice.
 */
import {
  AUTO_CREATE_TOPIC,
  brokerRequests,
  Failure,
  requireGroupName,
  responseCodes,
} from '../protocol/mod.ts';
import { RemoteRefusal, type Reply } from '../remoting/mod.ts';
import { NetworkError, type Runtime } from '../runtime/mod.ts';
import { DoubtfulBrokers } from './doubtful-brokers.ts';
import type { MessageQueue, OutgoingMessage, SendResult, SendStatus } from './message.ts';
import type { ClientOptions } from './options.ts';
import { batchParcelOf, type Parcel, parcelOf } from './parcel.ts';
import { QueueChoice } from './queue-choice.ts';
import { findMaster, MASTER_ID, publishQueues, type TopicRoute } from './route.ts';
import { Session } from './session.ts';
import { unlessRefused } from './unless-refused.ts';

/** What a topic gets at most that is made by its first message. */
const DEFAULT_TOPIC_QUEUES = 4;

const NOBODY: ReadonlySet<string> = new Set();

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

export class Producer implements AsyncDisposable {
  readonly #session: Session;
  readonly #choice: QueueChoice;
  readonly #doubtful: DoubtfulBrokers;
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
    this.#doubtful = new DoubtfulBrokers(runtime.clock, {
      isWanted: (address) => this.#session.isInUse(address),
      answers: (address) => this.#session.answers(address),
    });
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

  /**
   * Resolves once stored. A `status` other than `SEND_OK` says that the broker, told to wait until
   * it is on disk or on a replica, did not see that in time. Rejects with what the last try failed
   * with; its cause, when no broker was left to try, is what one failed with before.
   */
  async send(message: OutgoingMessage, options: SendOptions = {}): Promise<SendResult> {
    return this.#deliver(parcelOf(message, this.#session.uniqueKeys), options);
  }

  /** Sends messages of one topic in one request: all are stored, or none. */
  async sendBatch(
    messages: readonly OutgoingMessage[],
    options: SendOptions = {},
  ): Promise<SendResult> {
    return this.#deliver(batchParcelOf(messages, this.#session.uniqueKeys), options);
  }

  /** Sends without asking for an answer: nobody learns whether it was stored. */
  async sendOneway(message: OutgoingMessage, { queue }: SendOptions = {}): Promise<void> {
    const parcel = parcelOf(message, this.#session.uniqueKeys);
    const route = await this.#route(parcel.topic);
    const chosen = queue ?? this.#requireQueue(route, NOBODY);
    const address = this.#requireMaster(route, chosen);
    const leaving = this.#session.remoting.notify(address, {
      code: SEND_MESSAGE_V2.code,
      fields: SEND_MESSAGE_V2.request.encode(this.#header(parcel, chosen)),
      body: parcel.body,
    });
    await this.#doubtful.unanswered(address, leaving);
  }

  async close(): Promise<void> {
    this.#doubtful.close();
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
    const tried = new Set<string>();
    const errors: unknown[] = [];
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const isLast = tries >= this.#triesMax || queue !== undefined;
      let mayGoElsewhere = false;
      try {
        const route = await this.#route(parcel.topic);
        const { chosen, address } = this.#choose(route, tried, queue);
        mayGoElsewhere = !isLast && this.#hasAnother(route, tried);
        const leftMs = Math.max(1, endMs - clock.monotonicMs());
        const limits = { timeoutMs: mayGoElsewhere ? leftMs / 2 : leftMs, signal };
        return await this.#post(parcel, chosen, { address, ...limits });
      } catch (error) {
        errors.push(error);
        if (isLast || !isRetriable(error) || clock.monotonicMs() >= endMs) {
          throw becauseOf(error, errors);
        }
        await this.#lookAgain(parcel.topic, !mayGoElsewhere);
      }
    }
  }

  /** Where a try goes to; from then on its broker was tried. */
  #choose(route: TopicRoute, tried: Set<string>, queue: MessageQueue | undefined) {
    const chosen = queue ?? this.#requireQueue(route, tried);
    tried.add(chosen.brokerName);
    return { chosen, address: this.#requireMaster(route, chosen) };
  }

  /** The broker may have moved: a route is waited for where no other broker could take the message. */
  async #lookAgain(topic: string, isNeeded: boolean): Promise<void> {
    // Without an answer the old route has to do.
    const refreshed = unlessRefused(this.#session.routes.refresh(topic));
    if (isNeeded) await refreshed;
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
    const call = this.#session.remoting.request(address, row, {
      header: this.#header(parcel, queue),
      body: parcel.body,
      outcomes: [...statuses.keys()],
      what: `send to "${parcel.topic}"`,
      ...limits,
    });
    return resultOf(await this.#doubtful.during(address, call), parcel, queue);
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

  #requireQueue(route: TopicRoute, tried: ReadonlySet<string>): MessageQueue {
    const chosen = this.#choice.choose(publishQueues(route), tried, this.#doubtfulIn(route));
    if (chosen !== undefined) return chosen;
    const { topic } = route;
    throw new Failure('TopicNotFound', `Cannot send to "${topic}": no queue takes messages now`);
  }

  /** Whether a broker that was not tried yet can be expected to take the message. */
  #hasAnother(route: TopicRoute, tried: ReadonlySet<string>): boolean {
    const doubtful = this.#doubtfulIn(route);
    return publishQueues(route).some(
      ({ brokerName }) => !tried.has(brokerName) && !doubtful.has(brokerName),
    );
  }

  #doubtfulIn({ brokers }: TopicRoute): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { brokerName, addresses } of brokers) {
      const master = addresses.get(MASTER_ID);
      if (master !== undefined && this.#doubtful.has(master)) names.add(brokerName);
    }
    return names;
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
  const isRefusal = error instanceof RemoteRefusal || error instanceof Failure;
  return isRefusal && retriable.has(error.code);
}

/** That there is no broker now says little without what the broker failed with that was there. */
function becauseOf(last: unknown, errors: readonly unknown[]): unknown {
  const cause = errors.find((error) => !(error instanceof Failure));
  if (!(last instanceof Failure) || cause === undefined) return last;
  return new Failure(last.name, last.message, { cause });
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
