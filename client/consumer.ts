/**
 * Consumes topics as a member of a group: the queues are shared among the members, each message is
 * handed to `onMessage`, and the group's progress is committed at its brokers.
 *
 * At least once: a message whose handler failed is handed back to be delivered again later, and
 * what was being worked on when a member died is delivered to another.
 */
import { type ConsumerData, consumerIdList } from '../protocol/bodies/mod.ts';
import {
  brokerRequests,
  type Command,
  clientRequests,
  requireGroupName,
  requireTopicName,
  responseCodes,
  retryTopic,
} from '../protocol/mod.ts';
import { AssertionError, type Runtime, sleep, type Timer } from '../runtime/mod.ts';
import { averageShare } from './allocation.ts';
import { type MessageQueue, type ReceivedMessage, showQueue } from './message.ts';
import type { ClientOptions } from './options.ts';
import { QueueConsumer, type StartFrom } from './queue-consumer.ts';
import { findMaster, subscribeQueues, type TopicRoute } from './route.ts';
import { type Membership, Session } from './session.ts';
import { Slots } from './slots.ts';
import { type Subscription, subscriptionData, subscriptionOf } from './subscription.ts';
import { unlessRefused } from './unless-refused.ts';

const REBALANCE_MS = 20_000;
const COMMIT_MS = 5000;
/** Between two deliveries of a message that could not be handed back either. */
const REDELIVER_MS = 5000;
const HAND_BACK_TIMEOUT_MS = 5000;
const RECONSUME_TIMES_MAX = 16;

const { CONSUMER_SEND_MSG_BACK, GET_CONSUMER_LIST_BY_GROUP } = brokerRequests;

export interface ConsumerOptions extends ClientOptions {
  readonly group: string;
  /** Filter by topic: `*`, or `TagA || TagB`. */
  readonly subscriptions: Readonly<Record<string, string>>;
  /** A rejection hands the message back: it comes again later, to any member of the group. */
  readonly onMessage: (message: ReceivedMessage, signal: AbortSignal) => void | Promise<void>;
  /** Where a group begins that has never consumed a queue; `last` when absent. */
  readonly startFrom?: StartFrom;
  /**
   * `shared`: queues are divided among the group. `all`: this member takes every queue, hands
   * nothing back, and keeps how far it is to itself: a new one begins at `startFrom`.
   */
  readonly assignment?: 'shared' | 'all';
  /** Handlers that run at a time. */
  readonly concurrency?: number;
  /** Messages a pull asks for. */
  readonly batchMessages?: number;
}

export class Consumer implements AsyncDisposable {
  readonly #session: Session;
  readonly #options: ConsumerOptions;
  readonly #subscriptions: readonly Subscription[];
  readonly #slots: Slots;
  readonly #queues = new Map<string, QueueConsumer>();
  /** By queue, for queues that are taken again. Bound: the queues there are. */
  readonly #ownOffsets: Map<string, number> | undefined;
  readonly #end = new AbortController();
  readonly #timers: readonly Timer[];
  #rebalancing: Promise<void> | undefined;
  #mustRebalance = false;

  private constructor(runtime: Runtime, options: ConsumerOptions) {
    requireGroupName(options.group);
    const version = runtime.clock.wallMs();
    const topics = Object.entries(options.subscriptions);
    for (const [topic] of topics) requireTopicName(topic);
    const retries = options.assignment === 'all' ? [] : [[retryTopic(options.group), '*'] as const];
    this.#options = options;
    this.#ownOffsets = options.assignment === 'all' ? new Map() : undefined;
    this.#subscriptions = [...topics, ...retries].map(([topic, expression]) =>
      subscriptionOf(topic, expression, version),
    );
    this.#slots = new Slots(options.concurrency ?? 20);
    this.#session = new Session(runtime, options, {
      membership: () => this.#membership(),
      onRequest: (command) => this.#onRequest(command),
    });
    const { clock } = runtime;
    this.#timers = [
      clock.every(REBALANCE_MS, () => void this.#rebalance()),
      clock.every(COMMIT_MS, () => void this.#commit()),
    ];
  }

  /**
   * Resolves once the queues are shared for the first time, as far as brokers could be reached;
   * what could not is tried again. Throws a `Failure` when an option is wrong.
   */
  static async start(runtime: Runtime, options: ConsumerOptions): Promise<Consumer> {
    const consumer = new Consumer(runtime, options);
    await consumer.#begin();
    return consumer;
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** The queues this member consumes now. */
  get assigned(): MessageQueue[] {
    return Array.from(this.#queues.values(), ({ queue }) => queue);
  }

  /** Stops pulling, waits for the handlers, commits, and leaves the group. */
  async close(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort(new Error('The consumer is closed'));
    for (const timer of this.#timers) timer.cancel();
    await this.#rebalancing;
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.stop()));
    await this.#session.leave({ consumerGroup: this.#options.group });
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    const lookups = this.#subscriptions.map(({ topic }) => this.#session.routes.find(topic));
    await Promise.allSettled(lookups);
    await this.#session.heartbeat();
    await this.#rebalance();
  }

  #membership(): Membership {
    const { group, startFrom = 'last' } = this.#options;
    const consumer: ConsumerData = {
      consumeFromWhere: fromWhere(startFrom),
      consumeType: 'CONSUME_PASSIVELY',
      groupName: group,
      messageModel: this.#options.assignment === 'all' ? 'BROADCASTING' : 'CLUSTERING',
      subscriptionDataSet: this.#subscriptions.map(subscriptionData),
      unitMode: false,
    };
    return { producerDataSet: [], consumerDataSet: [consumer] };
  }

  #onRequest({ code }: Command): boolean {
    if (code !== clientRequests.NOTIFY_CONSUMER_IDS_CHANGED.code) return false;
    void this.#rebalance();
    return true;
  }

  /** Never two at once; what is asked for meanwhile makes one more. */
  async #rebalance(): Promise<void> {
    this.#mustRebalance = true;
    this.#rebalancing ??= this.#rebalanceUntilQuiet().finally(() => {
      this.#rebalancing = undefined;
    });
    await this.#rebalancing;
  }

  async #rebalanceUntilQuiet(): Promise<void> {
    while (this.#mustRebalance && !this.#end.signal.aborted) {
      this.#mustRebalance = false;
      for (const subscription of this.#subscriptions) {
        // A topic whose brokers do not answer keeps the queues it has.
        const queues = await unlessRefused(this.#share(subscription.topic));
        if (queues !== undefined) await this.#assign(subscription, queues);
      }
    }
  }

  /** This member's queues of a topic; undefined: nothing is known, change nothing. */
  async #share(topic: string): Promise<MessageQueue[] | undefined> {
    const route = await this.#session.routes.find(topic);
    if (route === undefined) return undefined;
    const queues = subscribeQueues(route);
    if (this.#options.assignment === 'all') return queues;
    const members = await this.#members(route);
    if (!members.includes(this.clientId)) {
      // The brokers have not heard of this member, or have forgotten it.
      await this.#session.heartbeat();
      return averageShare(queues, await this.#members(route), this.clientId);
    }
    return averageShare(queues, members, this.clientId);
  }

  /** The ids of the group's members, as any broker of the topic knows them; none is a refusal. */
  async #members({ brokers }: TopicRoute): Promise<string[]> {
    const { random } = this.#session.runtime;
    const addresses = brokers.flatMap((broker) => [...broker.addresses.values()]);
    const address = addresses[random.below(Math.max(1, addresses.length))] ?? '';
    const { group } = this.#options;
    const reply = await this.#session.remoting.request(address, GET_CONSUMER_LIST_BY_GROUP, {
      header: { consumerGroup: group },
      outcomes: [responseCodes.SYSTEM_ERROR],
      what: `list the members of "${group}"`,
    });
    return reply.code === 0 ? [...consumerIdList.decode(reply.body).consumerIdList] : [];
  }

  async #assign(subscription: Subscription, queues: readonly MessageQueue[]): Promise<void> {
    const wanted = new Map(queues.map((queue) => [showQueue(queue), queue]));
    const lost = [...this.#queues].filter(([name, { queue }]) => {
      return queue.topic === subscription.topic && !wanted.has(name);
    });
    for (const [name] of lost) this.#queues.delete(name);
    await Promise.all(lost.map(([, queue]) => queue.stop()));
    if (this.#end.signal.aborted) return;
    for (const [name, queue] of wanted) {
      if (!this.#queues.has(name)) this.#queues.set(name, this.#consume(subscription, queue));
    }
  }

  #consume(subscription: Subscription, queue: MessageQueue): QueueConsumer {
    const { group, startFrom = 'last', batchMessages = 32 } = this.#options;
    return new QueueConsumer({
      session: this.#session,
      group,
      queue,
      subscription,
      startFrom,
      batchMessages,
      ownOffsets: this.#ownOffsets,
      deliver: (message, signal) => this.#slots.run(() => this.#deliver(message, queue, signal)),
    });
  }

  /** Whether the message is done: consumed or handed back. */
  async #deliver(
    received: ReceivedMessage,
    queue: MessageQueue,
    signal: AbortSignal,
  ): Promise<boolean> {
    let message = received;
    while (!signal.aborted) {
      if (await this.#consumed(message, signal)) return true;
      if (await this.#handBack(message, queue)) return true;
      await sleep(this.#session.runtime.clock, REDELIVER_MS, signal).catch(() => undefined);
      message = { ...message, reconsumeTimes: message.reconsumeTimes + 1 };
    }
    return false;
  }

  async #consumed(message: ReceivedMessage, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.onMessage(message, signal);
      return true;
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      const { topic, messageId } = message;
      const { log } = this.#session.runtime;
      log.warn('A message could not be consumed', { topic, messageId, error });
      return false;
    }
  }

  /**
   * Asks the broker of the queue to deliver the message again later; false: it did not. Where the
   * broker is, the route says: another may have the address by now that it stored the message at.
   */
  async #handBack(message: ReceivedMessage, queue: MessageQueue): Promise<boolean> {
    const { logOffset, topic, messageId } = message;
    const { group, assignment } = this.#options;
    if (assignment === 'all') return false;
    const { routes, remoting } = this.#session;
    const route = await unlessRefused(routes.find(queue.topic));
    const address = route && findMaster(route, queue.brokerName);
    const header = {
      offset: logOffset,
      group,
      delayLevel: 0,
      originMsgId: messageId,
      originTopic: topic,
      maxReconsumeTimes: RECONSUME_TIMES_MAX,
      bname: queue.brokerName,
    };
    const request = { header, timeoutMs: HAND_BACK_TIMEOUT_MS };
    if (address !== undefined) {
      const asked = remoting.request(address, CONSUMER_SEND_MSG_BACK, request);
      if ((await unlessRefused(asked)) !== undefined) return true;
    }
    // The broker may have moved: the next try goes where it is then.
    await unlessRefused(routes.refresh(queue.topic));
    return false;
  }

  async #commit(): Promise<void> {
    await Promise.allSettled(Array.from(this.#queues.values(), (queue) => queue.commit()));
  }
}

function fromWhere(startFrom: StartFrom): ConsumerData['consumeFromWhere'] {
  if (startFrom === 'last') return 'CONSUME_FROM_LAST_OFFSET';
  return startFrom === 'first' ? 'CONSUME_FROM_FIRST_OFFSET' : 'CONSUME_FROM_TIMESTAMP';
}
