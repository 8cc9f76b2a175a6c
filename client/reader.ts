/**
 * Reads a topic as nobody: every queue from a place of the reader's choice, without a group, and
 * nothing is remembered. For tools: two readers see the same messages, and consumers miss none.
 *
 * Messages of one queue come in order. Nothing that goes wrong ends it: brokers come back.
 * Bound: the messages of one pull a queue.
 */
import {
  brokerRequests,
  Failure,
  PULL_FLAG,
  requireTopicName,
  responseCodes,
} from '../protocol/mod.ts';
import { AssertionError, type Runtime, sleep, type Timer } from '../runtime/mod.ts';
import { type MessageQueue, type ReceivedMessage, showQueue } from './message.ts';
import { decodeMessages } from './message-encoding.ts';
import type { ClientOptions } from './options.ts';
import type { StartFrom } from './queue-consumer.ts';
import { findReplica, MASTER_ID, subscribeQueues } from './route.ts';
import { Session } from './session.ts';
import { type Subscription, subscriptionOf, wants } from './subscription.ts';
import { unlessRefused } from './unless-refused.ts';

/** A group that every broker has for tools. */
const TOOLS_GROUP = 'TOOLS_CONSUMER';
const BATCH_MESSAGES = 32;
const BATCH_BYTES_MAX = 262_144;
const SUSPEND_MS = 15_000;
const PULL_TIMEOUT_MS = 30_000;
const RETRY_MS = 1000;
const LOOK_MS = 10_000;

const { PULL_MESSAGE, GET_MAX_OFFSET, SEARCH_OFFSET_BY_TIMESTAMP } = brokerRequests;
const { PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED } = responseCodes;

export interface ReaderOptions extends ClientOptions {
  readonly topic: string;
  /** `*`, or `TagA || TagB`; every message when absent. */
  readonly expression?: string;
  /** `last` when absent: what comes from now on. */
  readonly startFrom?: StartFrom;
  /** Must not throw. */
  readonly onMessage: (message: ReceivedMessage) => void;
  /** A queue could not be read; it is tried again. */
  readonly onTrouble?: (error: Error) => void;
}

export class Reader implements AsyncDisposable {
  readonly #session: Session;
  readonly #options: ReaderOptions;
  readonly #subscription: Subscription;
  readonly #end = new AbortController();
  readonly #reading = new Map<string, Promise<void>>();
  #looks: Timer | undefined;

  private constructor(runtime: Runtime, options: ReaderOptions) {
    const { topic, expression = '*' } = options;
    requireTopicName(topic);
    this.#options = options;
    this.#subscription = subscriptionOf(topic, expression, 0);
    this.#session = new Session(runtime, options);
  }

  /**
   * Resolves once the topic is found; rejects with a `Failure` when there is none or an option is
   * wrong, with a `NetworkError` when no name server can be reached.
   */
  static async start(runtime: Runtime, options: ReaderOptions): Promise<Reader> {
    const reader = new Reader(runtime, options);
    try {
      await reader.#begin();
    } catch (error) {
      await reader.close();
      throw error;
    }
    return reader;
  }

  /** Waits for nothing: messages that are on their way are dropped. */
  async close(): Promise<void> {
    this.#end.abort(new Error('The reader is closed'));
    this.#looks?.cancel();
    await Promise.all(this.#reading.values());
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    const { topic, startFrom = 'last' } = this.#options;
    const queues = await this.#queues();
    if (queues === undefined) {
      throw new Failure('TopicNotFound', `Cannot read "${topic}": no broker has the topic`);
    }
    this.#readAll(queues, startFrom);
    // All there is in queues that are made later has come since.
    this.#looks = this.#session.runtime.clock.every(LOOK_MS, () => {
      void this.#queues().then((later) => this.#readAll(later ?? [], 'first'), this.#tell);
    });
  }

  async #queues(): Promise<MessageQueue[] | undefined> {
    const route = await this.#session.routes.find(this.#options.topic);
    return route && subscribeQueues(route);
  }

  #readAll(queues: readonly MessageQueue[], startFrom: StartFrom): void {
    if (this.#end.signal.aborted) return;
    for (const queue of queues) {
      const name = showQueue(queue);
      if (!this.#reading.has(name)) this.#reading.set(name, this.#read(queue, startFrom));
    }
  }

  async #read(queue: MessageQueue, startFrom: StartFrom): Promise<void> {
    const { signal } = this.#end;
    let offset: number | undefined;
    while (!signal.aborted) {
      try {
        offset ??= await this.#firstOffset(queue, startFrom);
        offset = await this.#round(queue, offset);
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        await this.#rest(error);
      }
    }
  }

  async #firstOffset(queue: MessageQueue, startFrom: StartFrom): Promise<number> {
    if (startFrom === 'first') return 0;
    const { remoting } = this.#session;
    const address = await this.#requireBroker(queue);
    const header = wire(queue);
    const { header: found } =
      startFrom === 'last'
        ? await remoting.request(address, GET_MAX_OFFSET, { header })
        : await remoting.request(address, SEARCH_OFFSET_BY_TIMESTAMP, {
            header: { ...header, timestamp: startFrom.getTime() },
          });
    return found.offset ?? 0;
  }

  /** One pull; returns where the next begins. */
  async #round(queue: MessageQueue, offset: number): Promise<number> {
    const { signal } = this.#end;
    const address = await this.#requireBroker(queue);
    const reply = await this.#session.remoting.request(address, PULL_MESSAGE, {
      header: {
        consumerGroup: TOOLS_GROUP,
        ...wire(queue),
        queueOffset: offset,
        maxMsgNums: BATCH_MESSAGES,
        maxMsgBytes: BATCH_BYTES_MAX,
        sysFlag: PULL_FLAG.suspend | PULL_FLAG.subscription,
        commitOffset: 0,
        suspendTimeoutMillis: SUSPEND_MS,
        subscription: this.#subscription.expression,
        subVersion: this.#subscription.version,
        expressionType: 'TAG',
      },
      outcomes: [PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED],
      what: `read "${queue.topic}"`,
      timeoutMs: PULL_TIMEOUT_MS,
      signal,
    });
    for (const message of decodeMessages(reply.body, queue.brokerName)) {
      if (signal.aborted) break;
      if (wants(this.#subscription, message.tags)) this.#options.onMessage(message);
    }
    return reply.header.nextBeginOffset;
  }

  async #requireBroker({ topic, brokerName }: MessageQueue): Promise<string> {
    const route = await this.#session.routes.find(topic);
    const address = route && findReplica(route, brokerName, MASTER_ID);
    if (address !== undefined) return address;
    const message = `Cannot read "${topic}": broker "${brokerName}" is gone`;
    throw new Failure('BrokerNotFound', message);
  }

  async #rest(error: unknown): Promise<void> {
    const { signal } = this.#end;
    if (signal.aborted) return;
    this.#tell(error);
    const { runtime, routes } = this.#session;
    await sleep(runtime.clock, RETRY_MS, signal).catch(() => undefined);
    await unlessRefused(routes.refresh(this.#options.topic));
  }

  readonly #tell = (error: unknown): void => {
    if (error instanceof Error) this.#options.onTrouble?.(error);
  };
}

function wire({ topic, brokerName, queueId }: MessageQueue) {
  return { topic, queueId, bname: brokerName };
}
