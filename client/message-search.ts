/**
 * Finds stored messages one by one: by the id the broker made, by the id the producer made, by a
 * key. What brokers answer is looked at again here: they look keys up by a hash, and an id says
 * where in a log a message begins, but not for certain in whose.
 */
import { clusterInfo } from '../protocol/bodies/mod.ts';
import {
  brokerRequests,
  Failure,
  formatIp,
  MalformedFrame,
  nameServerRequests,
  parseOffsetMessageId,
  requireTopicName,
  responseCodes,
} from '../protocol/mod.ts';
import { RemoteRefusal } from '../remoting/mod.ts';
import { formatAddress, type Runtime } from '../runtime/mod.ts';
import type { ReceivedMessage } from './message.ts';
import { decodeMessages } from './message-encoding.ts';
import type { ClientOptions } from './options.ts';
import { MASTER_ID } from './route.ts';
import { Session } from './session.ts';

const TIMEOUT_MS = 5000;
const MESSAGES_MAX = 32;

const { QUERY_MESSAGE, VIEW_MESSAGE_BY_ID } = brokerRequests;
const { SYSTEM_ERROR, QUERY_NOT_FOUND } = responseCodes;

export interface KeyQuery {
  readonly topic: string;
  readonly key: string;
  /** Of each broker, the newest first. */
  readonly messagesMax?: number | undefined;
}

interface ListedBroker {
  readonly brokerName: string;
  readonly address: string;
  /** The master, or of a group without one the replica that comes first. */
  readonly isFirst: boolean;
}

interface Sought {
  readonly id: string;
  readonly logOffset: number;
}

export class MessageSearch implements AsyncDisposable {
  readonly #session: Session;

  private constructor(runtime: Runtime, options: ClientOptions) {
    this.#session = new Session(runtime, { requestTimeoutMs: TIMEOUT_MS, ...options });
  }

  /** Throws a `Failure` when an option is wrong. Connections are made when first needed. */
  static start(runtime: Runtime, options: ClientOptions): MessageSearch {
    return new MessageSearch(runtime, options);
  }

  /**
   * The message with this `offsetMessageId`. The id says at which address it was stored: where a
   * broker is known by a name, or has moved, that is nobody's address now, or somebody else's. So
   * first the one who has it is asked, then all others, and what they answer must have the id.
   */
  async findByOffsetId(id: string): Promise<ReceivedMessage | undefined> {
    const { storeHost, logOffset } = parseOffsetMessageId(id);
    const named = formatAddress({ host: formatIp(storeHost.address), port: storeHost.port });
    const brokers = await this.#listBrokers();
    const sought = { id: id.toUpperCase(), logOffset };
    return (
      (await this.#findAmong(
        brokers.filter(({ address }) => address === named),
        sought,
      )) ??
      (await this.#findAmong(
        brokers.filter(({ address, isFirst }) => isFirst && address !== named),
        sought,
      ))
    );
  }

  /** The messages of a topic with this `messageId`: several when a send was tried again. */
  async findById(topic: string, id: string): Promise<ReceivedMessage[]> {
    const found = await this.#query({ topic, key: id }, true);
    return found.filter(({ messageId }) => messageId === id);
  }

  async findByKey(query: KeyQuery): Promise<ReceivedMessage[]> {
    const found = await this.#query(query, false);
    return found.filter(({ keys }) => keys.includes(query.key));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #query(
    { topic, key, messagesMax = MESSAGES_MAX }: KeyQuery,
    isUnique: boolean,
  ): Promise<ReceivedMessage[]> {
    requireTopicName(topic);
    const route = await this.#session.nameServers.findRoute(topic);
    if (route === undefined) {
      throw new Failure('TopicNotFound', `Cannot search "${topic}": no broker has the topic`);
    }
    const header = {
      topic,
      key,
      maxNum: messagesMax,
      beginTimestamp: 0,
      endTimestamp: Number.MAX_SAFE_INTEGER,
    };
    const answers = route.brokers.map(async ({ brokerName, addresses }) => {
      const address = addresses.get(MASTER_ID);
      if (address === undefined) return [];
      const request = {
        header: isUnique ? { ...header, _UNIQUE_KEY_QUERY: true } : header,
        what: `search "${topic}"`,
      };
      const { remoting } = this.#session;
      const body = await remoting
        .request(address, QUERY_MESSAGE, request)
        .then((reply) => reply.body, nothingFound);
      return decodeMessages(body, brokerName);
    });
    return (await Promise.all(answers)).flat();
  }

  /** A broker that cannot be asked matters only when nobody else has the message. */
  async #findAmong(
    brokers: readonly ListedBroker[],
    sought: Sought,
  ): Promise<ReceivedMessage | undefined> {
    const answers = await Promise.allSettled(brokers.map((broker) => this.#view(broker, sought)));
    for (const answer of answers) {
      if (answer.status === 'fulfilled' && answer.value !== undefined) return answer.value;
    }
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return undefined;
  }

  /** What the broker has at the offset, when it is the message and not another one's bytes. */
  async #view(
    { address, brokerName }: ListedBroker,
    { id, logOffset }: Sought,
  ): Promise<ReceivedMessage | undefined> {
    const { body, code } = await this.#session.remoting.request(address, VIEW_MESSAGE_BY_ID, {
      header: { offset: logOffset },
      outcomes: [SYSTEM_ERROR],
      what: `find message ${id}`,
    });
    if (code === SYSTEM_ERROR) return undefined;
    return decodeAny(body, brokerName).find(({ offsetMessageId }) => offsetMessageId === id);
  }

  async #listBrokers(): Promise<ListedBroker[]> {
    const { body } = await this.#session.nameServers.request(
      nameServerRequests.GET_BROKER_CLUSTER_INFO,
      { header: {}, what: 'list the brokers' },
    );
    const { brokerAddrTable } = clusterInfo.decode(body);
    return [...brokerAddrTable].flatMap(([brokerName, { brokerAddrs }]) => {
      const first = Math.min(...brokerAddrs.keys());
      return Array.from(brokerAddrs, ([brokerId, address]) => ({
        brokerName,
        address,
        isFirst: brokerId === first,
      }));
    });
  }
}

/** A refusal, not an outcome: it comes without the header of an answer. */
function nothingFound(error: unknown): Buffer {
  if (error instanceof RemoteRefusal && error.code === QUERY_NOT_FOUND) return Buffer.alloc(0);
  throw error;
}

/** A broker asked for an offset where none of its messages begins may answer with any bytes. */
function decodeAny(body: Buffer, brokerName: string): ReceivedMessage[] {
  try {
    return decodeMessages(body, brokerName);
  } catch (error) {
    if (error instanceof MalformedFrame) return [];
    throw error;
  }
}
