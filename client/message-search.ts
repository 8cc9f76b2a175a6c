/**
 * Finds stored messages one by one: by the id the broker made, by the id the producer made, by a
 * key. Brokers look keys up by a hash, so what they answer is looked at again here.
 */
import { clusterInfo } from '../protocol/bodies/mod.ts';
import {
  brokerRequests,
  Failure,
  formatIp,
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
   * The message with this `offsetMessageId`. The id says at which address it is, and one made by a
   * producer looks the same: no address is asked that is not a broker's.
   */
  async findByOffsetId(id: string): Promise<ReceivedMessage | undefined> {
    const { storeHost, logOffset } = parseOffsetMessageId(id);
    const host = formatIp(storeHost.address);
    const address = formatAddress({ host, port: storeHost.port });
    const brokerName = await this.#findBroker(address);
    if (brokerName === undefined) return undefined;
    const { body, code } = await this.#session.remoting.request(address, VIEW_MESSAGE_BY_ID, {
      header: { offset: logOffset },
      outcomes: [SYSTEM_ERROR],
      what: `find message ${id}`,
    });
    return code === SYSTEM_ERROR ? undefined : decodeMessages(body, brokerName)[0];
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

  /** Whose address it is. */
  async #findBroker(address: string): Promise<string | undefined> {
    const { body } = await this.#session.nameServers.request(
      nameServerRequests.GET_BROKER_CLUSTER_INFO,
      { header: {}, what: 'list the brokers' },
    );
    const { brokerAddrTable } = clusterInfo.decode(body);
    for (const [name, { brokerAddrs }] of brokerAddrTable) {
      if ([...brokerAddrs.values()].includes(address)) return name;
    }
    return undefined;
  }
}

/** A refusal, not an outcome: it comes without the header of an answer. */
function nothingFound(error: unknown): Buffer {
  if (error instanceof RemoteRefusal && error.code === QUERY_NOT_FOUND) return Buffer.alloc(0);
  throw error;
}
