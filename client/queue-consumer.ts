/**
 * Consumes one queue: pulls from where the group stands, hands messages on, commits how far it got.
 * A member that takes every queue stands for itself: its offsets are in memory, no broker has them.
 * Ends when its signal is aborted. Nothing that goes wrong ends it before: brokers come back.
 *
 * Bound: one pull's messages at a time; the next pull leaves when they are done.
 */
import {
  brokerRequests,
  isRetryTopic,
  PROPERTY,
  PULL_FLAG,
  responseCodes,
} from '../protocol/mod.ts';
import { RemoteRefusal, type Reply } from '../remoting/mod.ts';
import { AssertionError, sleep } from '../runtime/mod.ts';
import { type MessageQueue, type ReceivedMessage, showQueue } from './message.ts';
import { decodeMessages } from './message-encoding.ts';
import { Progress } from './progress.ts';
import { findMaster, findReplica, MASTER_ID } from './route.ts';
import type { Session } from './session.ts';
import { type Subscription, wants } from './subscription.ts';
import { unlessRefused } from './unless-refused.ts';

const SUSPEND_MS = 15_000;
const PULL_TIMEOUT_MS = 30_000;
const RETRY_MS = 1000;
const FLOW_CONTROL_MS = 20;
const BATCH_BYTES_MAX = 262_144;

const { PULL_MESSAGE, QUERY_CONSUMER_OFFSET, UPDATE_CONSUMER_OFFSET } = brokerRequests;
const { GET_MAX_OFFSET, SEARCH_OFFSET_BY_TIMESTAMP } = brokerRequests;
const { PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED, QUERY_NOT_FOUND } =
  responseCodes;

/** Where a group begins that has never consumed a queue. */
export type StartFrom = 'last' | 'first' | Date;

export interface QueueConsumerParts {
  readonly session: Session;
  readonly group: string;
  readonly queue: MessageQueue;
  readonly subscription: Subscription;
  readonly startFrom: StartFrom;
  readonly batchMessages: number;
  /** By queue: kept here and not at the broker, where members would overwrite each other's. */
  readonly ownOffsets: Map<string, number> | undefined;
  /** Whether the message is done; false: the signal came first. */
  readonly deliver: (message: ReceivedMessage, signal: AbortSignal) => Promise<boolean>;
}

export class QueueConsumer {
  readonly #parts: QueueConsumerParts;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #progress: Progress | undefined;
  #committed = -1;
  #brokerId = MASTER_ID;

  constructor(parts: QueueConsumerParts) {
    this.#parts = parts;
    this.#running = this.#run();
  }

  get queue(): MessageQueue {
    return this.#parts.queue;
  }

  /** Tells the broker how far the group is, if that has changed. */
  async commit(): Promise<void> {
    const { session, group, queue, ownOffsets } = this.#parts;
    const offset = this.#progress?.offset;
    if (ownOffsets !== undefined) {
      if (offset !== undefined) ownOffsets.set(showQueue(queue), offset);
      return;
    }
    const address = await this.#findMaster();
    if (offset === undefined || offset === this.#committed || address === undefined) return;
    const header = { consumerGroup: group, ...wire(queue), commitOffset: offset };
    const fields = UPDATE_CONSUMER_OFFSET.request.encode(header);
    await session.remoting.notify(address, { code: UPDATE_CONSUMER_OFFSET.code, fields });
    this.#committed = offset;
  }

  /** Ends; what is being consumed is not waited for longer than its handler heeds the signal. */
  async stop(): Promise<void> {
    this.#end.abort(new Error('The queue is no longer consumed here'));
    await this.#running;
    await unlessRefused(this.commit());
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        this.#progress ??= new Progress(await this.#startOffset());
        await this.#round(this.#progress);
      } catch (error) {
        if (error instanceof AssertionError) throw error;
        await this.#rest(error);
      }
    }
  }

  /** One pull and all that came with it. */
  async #round(progress: Progress): Promise<void> {
    const { code, header, body } = await this.#pull(progress.offset);
    this.#brokerId = header.suggestWhichBrokerId;
    if (code === PULL_OFFSET_MOVED) {
      progress.moveTo(header.nextBeginOffset);
      await this.commit();
      return;
    }
    const { subscription, queue, deliver } = this.#parts;
    const messages = decodeMessages(body, queue.brokerName)
      .filter(({ tags }) => wants(subscription, tags))
      .map((message) => asSent(message, header.offsetDelta ?? 0));
    const offsets = messages.map(({ queueOffset }) => queueOffset);
    progress.begin(offsets, header.nextBeginOffset);
    const { signal } = this.#end;
    await Promise.all(
      messages.map(async (message) => {
        if (await deliver(message, signal)) progress.done(message.queueOffset);
      }),
    );
  }

  async #pull(offset: number): Promise<Reply<PullAnswer>> {
    const { session, group, queue, subscription, batchMessages } = this.#parts;
    const address = await this.#requireReplica();
    return session.remoting.request(address, PULL_MESSAGE, {
      header: {
        consumerGroup: group,
        ...wire(queue),
        queueOffset: offset,
        maxMsgNums: batchMessages,
        maxMsgBytes: BATCH_BYTES_MAX,
        sysFlag: PULL_FLAG.suspend | PULL_FLAG.subscription,
        commitOffset: 0,
        suspendTimeoutMillis: SUSPEND_MS,
        subscription: subscription.expression,
        subVersion: subscription.version,
        expressionType: 'TAG',
      },
      outcomes: [PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED],
      what: `pull from "${queue.topic}"`,
      timeoutMs: PULL_TIMEOUT_MS,
      signal: this.#end.signal,
    });
  }

  /** What the group has committed, or where it is to begin. */
  async #startOffset(): Promise<number> {
    const { session, group, queue, ownOffsets } = this.#parts;
    const address = await this.#requireReplica();
    if (ownOffsets !== undefined) {
      return ownOffsets.get(showQueue(queue)) ?? (await this.#firstOffset(address));
    }
    const reply = await session.remoting.request(address, QUERY_CONSUMER_OFFSET, {
      header: { consumerGroup: group, ...wire(queue) },
      outcomes: [QUERY_NOT_FOUND],
      what: `look up the offset of "${group}"`,
    });
    return reply.header.offset ?? (await this.#firstOffset(address));
  }

  async #firstOffset(address: string): Promise<number> {
    const { session, queue, startFrom } = this.#parts;
    if (startFrom === 'first' || isRetryTopic(queue.topic)) return 0;
    const header = wire(queue);
    const { header: found } =
      startFrom === 'last'
        ? await session.remoting.request(address, GET_MAX_OFFSET, { header })
        : await session.remoting.request(address, SEARCH_OFFSET_BY_TIMESTAMP, {
            header: { ...header, timestamp: startFrom.getTime() },
          });
    return found.offset ?? 0;
  }

  async #requireReplica(): Promise<string> {
    const { session, queue } = this.#parts;
    const route = await session.routes.find(queue.topic);
    const address = route && findReplica(route, queue.brokerName, this.#brokerId);
    if (address !== undefined) return address;
    throw new Error(`Cannot pull from "${queue.topic}": broker "${queue.brokerName}" is gone`);
  }

  async #findMaster(): Promise<string | undefined> {
    const { session, queue } = this.#parts;
    const route = await session.routes.find(queue.topic);
    return route && findMaster(route, queue.brokerName);
  }

  async #rest(error: unknown): Promise<void> {
    const { session, queue } = this.#parts;
    const { signal } = this.#end;
    if (signal.aborted) return;
    const isFlowControl =
      error instanceof RemoteRefusal && error.code === responseCodes.FLOW_CONTROL;
    const restMs = isFlowControl ? FLOW_CONTROL_MS : RETRY_MS;
    this.#brokerId = MASTER_ID;
    await sleep(session.runtime.clock, restMs, signal).catch(() => undefined);
    await unlessRefused(session.routes.refresh(queue.topic));
  }
}

interface PullAnswer {
  readonly suggestWhichBrokerId: number;
  readonly nextBeginOffset: number;
  readonly offsetDelta?: number | undefined;
}

/** A message that comes again lies in the group's retry topic; its own is in a property. */
function asSent(message: ReceivedMessage, offsetDelta: number): ReceivedMessage {
  const topic = message.properties.get(PROPERTY.RETRY_TOPIC) ?? message.topic;
  return { ...message, topic, queueOffset: message.queueOffset + offsetDelta };
}

function wire({ topic, brokerName, queueId }: MessageQueue) {
  return { topic, queueId, bname: brokerName };
}
