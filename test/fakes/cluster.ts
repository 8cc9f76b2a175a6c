/**
 * A name server and brokers as small as clients can be tested with: queues are arrays, nothing is
 * kept, and everything can be told to refuse. On any runtime; each broker has a port of its own.
 */
import {
  clusterInfo,
  consumerIdList,
  consumeStats,
  heartbeatData,
  kvTable,
  topicList,
  topicRouteData,
  topicStatsTable,
} from '../../protocol/bodies/mod.ts';
import {
  brokerRequests,
  type Command,
  decodeBatch,
  encodeRecord,
  Failure,
  type FailureName,
  nameServerRequests,
  offsetMessageId,
  PROPERTY,
  parseIp,
  parseProperties,
  responseCodes,
  type StoredMessage,
} from '../../protocol/mod.ts';
import {
  dispatcher,
  type Handlers,
  RemotingServer,
  type ServerConnection,
} from '../../remoting/mod.ts';
import { type Runtime, sleep } from '../../runtime/mod.ts';

const HOST = '127.0.0.1';
const NAME_SERVER_PORT = 9876;
const BROKER_PORT = 10_911;
/** How often a pull that waits looks again. */
const LOOK_MS = 20;

type BrokerHandlers = Partial<Handlers<typeof brokerRequests>>;

export class FakeBroker {
  readonly name: string;
  readonly address: string;
  /** By topic and queue id. */
  readonly queues = new Map<string, StoredMessage[]>();
  /** By group, topic and queue id. */
  readonly offsets = new Map<string, number>();
  readonly handedBack: { readonly offset: number; readonly originTopic?: string | undefined }[] =
    [];
  readonly sends: Command[] = [];
  /** What sends are refused with. */
  refusal: FailureName | undefined;
  /** Takes sends and heartbeats and answers none, as who has lost its cable. */
  isSilent = false;
  /** Whether messages that could not be consumed are taken back. */
  takesBack = true;
  readonly #members = new Map<string, Map<string, ServerConnection>>();
  readonly #runtime: Runtime;
  #logOffset = 0;

  constructor(runtime: Runtime, place: number) {
    this.#runtime = runtime;
    this.name = `broker-${'abc'.charAt(place)}`;
    this.address = `${HOST}:${BROKER_PORT + 100 * place}`;
  }

  handlers(): BrokerHandlers {
    return {
      SEND_MESSAGE_V2: ({ header, body, command }) => this.#send(header, [body], command),
      SEND_BATCH_MESSAGE: ({ header, body, command }) => {
        return this.#send(
          header,
          decodeBatch(body).map((item) => item.body),
          command,
        );
      },
      PULL_MESSAGE: (request) => this.#pull(request.header, request.connection),
      HEART_BEAT: async ({ body, connection }) => {
        await this.#unlessSilent();
        const { clientID, consumerDataSet } = heartbeatData.decode(body);
        for (const { groupName } of consumerDataSet) this.#join(groupName, clientID, connection);
        return { header: {} };
      },
      UNREGISTER_CLIENT: ({ header: { clientID, consumerGroup } }) => {
        this.#leave(consumerGroup ?? '', clientID);
        return {};
      },
      GET_CONSUMER_LIST_BY_GROUP: ({ header: { consumerGroup } }) => {
        const ids = [...(this.#members.get(consumerGroup)?.keys() ?? [])];
        if (ids.length === 0) throw new Failure('InternalError', 'no consumer for this group');
        return { body: consumerIdList.encode({ consumerIdList: ids }) };
      },
      QUERY_CONSUMER_OFFSET: ({ header: { consumerGroup, topic, queueId } }) => {
        const offset = this.offsets.get(`${consumerGroup} ${topic} ${queueId}`);
        if (offset === undefined) throw new Failure('OffsetNotFound', 'not consumed yet');
        return { header: { offset } };
      },
      UPDATE_CONSUMER_OFFSET: ({ header: { consumerGroup, topic, queueId, commitOffset } }) => {
        this.offsets.set(`${consumerGroup} ${topic} ${queueId}`, commitOffset);
        return {};
      },
      GET_MAX_OFFSET: ({ header: { topic, queueId } }) => {
        return { header: { offset: this.queue(topic, queueId).length } };
      },
      SEARCH_OFFSET_BY_TIMESTAMP: ({ header: { topic, queueId, timestamp } }) => {
        const queue = this.queue(topic, queueId);
        const found = queue.findIndex(({ storeTimestamp }) => storeTimestamp >= timestamp);
        return { header: { offset: found < 0 ? queue.length : found } };
      },
      CONSUMER_SEND_MSG_BACK: ({ header }) => {
        if (!this.takesBack) throw new Failure('InternalError', 'not now');
        this.handedBack.push(header);
        return {};
      },
      VIEW_MESSAGE_BY_ID: ({ header: { offset } }) => this.viewMessage(offset),
      ...this.#administration(),
    };
  }

  viewMessage(offset: number): { body: Buffer } {
    const all = [...this.queues.values()].flat();
    const found = all.find(({ logOffset }) => logOffset === offset);
    if (found === undefined) throw new Failure('InternalError', 'no such offset');
    return { body: encodeRecord(found) };
  }

  /** What clients are told from here. */
  notifyAll(group: string, code: number): void {
    for (const connection of this.#members.get(group)?.values() ?? []) connection.notify({ code });
  }

  queue(topic: string, queueId: number): StoredMessage[] {
    const key = `${topic} ${queueId}`;
    const queue = this.queues.get(key) ?? [];
    this.queues.set(key, queue);
    return queue;
  }

  #administration(): BrokerHandlers {
    return {
      GET_BROKER_RUNTIME_INFO: () => ({
        body: kvTable.encode({ table: new Map([['brokerVersionDesc', 'fake']]) }),
      }),
      GET_BROKER_CONFIG: () => ({ body: Buffer.from('brokerName=a\npath=C\\x=y\n') }),
      UPDATE_BROKER_CONFIG: ({ command }) => {
        this.sends.push(command);
        return {};
      },
      UPDATE_AND_CREATE_TOPIC: ({ command }) => {
        this.sends.push(command);
        return {};
      },
      DELETE_TOPIC_IN_BROKER: ({ command }) => {
        this.sends.push(command);
        return {};
      },
      GET_TOPIC_STATS_INFO: ({ header: { topic } }) => {
        const entries = [...this.queues].filter(([key]) => key.startsWith(`${topic} `));
        const offsetTable = new Map(
          entries.map(([key, { length }]) => [
            { topic, brokerName: this.name, queueId: Number(key.split(' ')[1]) },
            { minOffset: 0, maxOffset: length, lastUpdateTimestamp: 7 },
          ]),
        );
        return { body: topicStatsTable.encode({ offsetTable, topicPutTps: 0 }) };
      },
      GET_CONSUME_STATS: ({ header: { consumerGroup } }) => {
        const offsetTable = new Map(
          [...this.offsets].map(([key, consumerOffset]) => {
            const [, topic = '', queueId] = key.split(' ');
            const queue = { topic, brokerName: this.name, queueId: Number(queueId) };
            const brokerOffset = this.queue(topic, queue.queueId).length;
            return [queue, { brokerOffset, consumerOffset, lastTimestamp: 7 }] as const;
          }),
        );
        if (consumerGroup === 'nobody') throw new Failure('ConsumerNotOnline', 'nobody');
        return { body: consumeStats.encode({ consumeTps: 1.5, offsetTable }) };
      },
    };
  }

  /** Does not resolve while, and because, it is silent. */
  async #unlessSilent(): Promise<void> {
    if (this.isSilent) await new Promise(() => undefined);
  }

  async #send(
    header: {
      topic: string;
      queueId: number;
      sysFlag: number;
      bornTimestamp: number;
      flag: number;
      properties?: string | undefined;
    },
    bodies: readonly Buffer[],
    command: Command,
  ) {
    this.sends.push(command);
    await this.#unlessSilent();
    if (this.refusal !== undefined) throw new Failure(this.refusal, 'told to refuse');
    const { topic, queueId, sysFlag, bornTimestamp, flag, properties = '' } = header;
    const queue = this.queue(topic, queueId);
    const queueOffset = queue.length;
    const [, port = ''] = this.address.split(':');
    const host = { address: parseIp(HOST), port: Number(port) };
    const first = this.#logOffset;
    for (const body of bodies) {
      queue.push({
        queueId,
        flag,
        queueOffset: queue.length,
        logOffset: this.#logOffset++,
        sysFlag,
        bornTimestamp,
        bornHost: host,
        storeTimestamp: this.#runtime.clock.wallMs(),
        storeHost: host,
        reconsumeTimes: 0,
        preparedTransactionOffset: 0,
        body,
        topic,
        properties: Buffer.from(properties),
      });
    }
    const transactionId = parseProperties(properties).get(PROPERTY.UNIQUE_KEY);
    return { header: { msgId: offsetMessageId(host, first), queueId, queueOffset, transactionId } };
  }

  async #pull(
    header: {
      topic: string;
      queueId: number;
      queueOffset: number;
      maxMsgNums: number;
      suspendTimeoutMillis: number;
    },
    connection: ServerConnection,
  ) {
    const { topic, queueId, queueOffset, maxMsgNums, suspendTimeoutMillis } = header;
    const queue = this.queue(topic, queueId);
    const endMs = this.#runtime.clock.monotonicMs() + suspendTimeoutMillis;
    const mayWait = (): boolean =>
      queue.length === queueOffset &&
      !connection.closed &&
      this.#runtime.clock.monotonicMs() < endMs;
    while (mayWait()) await sleep(this.#runtime.clock, LOOK_MS);
    const found = queue.slice(queueOffset, queueOffset + maxMsgNums);
    const nextBeginOffset = Math.min(queue.length, queueOffset + found.length);
    const offsets = { suggestWhichBrokerId: 0, minOffset: 0, maxOffset: queue.length };
    const { PULL_NOT_FOUND, PULL_OFFSET_MOVED } = responseCodes;
    if (found.length > 0) {
      const body = Buffer.concat(found.map((message) => encodeRecord(message)));
      return { header: { ...offsets, nextBeginOffset }, body };
    }
    const code = queueOffset > queue.length ? PULL_OFFSET_MOVED : PULL_NOT_FOUND;
    return { code, header: { ...offsets, nextBeginOffset } };
  }

  #join(group: string, clientId: string, connection: ServerConnection): void {
    const members = this.#members.get(group) ?? new Map<string, ServerConnection>();
    this.#members.set(group, members);
    if (members.has(clientId)) return;
    members.set(clientId, connection);
    connection.onClose(() => this.#leave(group, clientId));
    this.notifyAll(group, 40);
  }

  #leave(group: string, clientId: string): void {
    if (this.#members.get(group)?.delete(clientId) === true) this.notifyAll(group, 40);
  }
}

export class FakeCluster implements AsyncDisposable {
  readonly nameServers = `${HOST}:${NAME_SERVER_PORT}`;
  readonly brokers: readonly FakeBroker[];
  /** Topics that have a route, and how many queues on each broker. */
  readonly topics = new Map<string, number>([['TBW102', 8]]);
  /** Requests that the name server got. */
  readonly asked: Command[] = [];
  readonly #runtime: Runtime;
  readonly #servers = new Map<string, RemotingServer>();

  private constructor(runtime: Runtime, brokers: number) {
    this.#runtime = runtime;
    this.brokers = Array.from(
      { length: brokers },
      (_item, place) => new FakeBroker(runtime, place),
    );
  }

  static async start(runtime: Runtime, brokers = 1): Promise<FakeCluster> {
    const cluster = new FakeCluster(runtime, brokers);
    await cluster.#listen(cluster.nameServers, nameServerRequests, cluster.#nameServer());
    for (const broker of cluster.brokers) await cluster.startBroker(broker);
    return cluster;
  }

  async startBroker(broker: FakeBroker): Promise<void> {
    await this.#listen(broker.address, brokerRequests, broker.handlers());
  }

  async stopBroker({ address }: FakeBroker): Promise<void> {
    await this.#servers.get(address)?.close();
    this.#servers.delete(address);
  }

  async stopNameServer(): Promise<void> {
    await this.#servers.get(this.nameServers)?.close();
    this.#servers.delete(this.nameServers);
  }

  /** The messages of a topic on all brokers. */
  messages(topic: string): StoredMessage[] {
    return this.brokers.flatMap(({ queues }) =>
      [...queues].filter(([key]) => key.startsWith(`${topic} `)).flatMap(([, queue]) => queue),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#servers.values(), (server) => server.close()));
  }

  async #listen<T extends Parameters<typeof dispatcher>[1]>(
    at: string,
    table: T,
    handlers: Partial<Handlers<T>>,
  ): Promise<void> {
    const [host = '', port] = at.split(':');
    const options = { address: { host, port: Number(port) } };
    const parts = { dispatcher: dispatcher(this.#runtime, table, handlers) };
    this.#servers.set(at, await RemotingServer.listen(this.#runtime, options, parts));
  }

  #nameServer(): Partial<Handlers<typeof nameServerRequests>> {
    const clusters = new Map([['c', this.brokers.map(({ name }) => name)]]);
    const brokerDatas = this.brokers.map(({ name, address }) => ({
      brokerAddrs: new Map([[0, address]]),
      brokerName: name,
      cluster: 'c',
      enableActingMaster: false,
    }));
    return {
      GET_ROUTEINFO_BY_TOPIC: ({ header: { topic }, command }) => {
        this.asked.push(command);
        const count = this.topics.get(topic);
        if (count === undefined) throw new Failure('TopicNotFound', `No topic route: ${topic}`);
        const queues = { perm: 6, readQueueNums: count, topicSysFlag: 0, writeQueueNums: count };
        const queueDatas = this.brokers.map(({ name }) => ({ brokerName: name, ...queues }));
        const route = { ...topicRouteData.fallback(), brokerDatas, queueDatas };
        return { body: topicRouteData.encode(route, 'strict') };
      },
      GET_BROKER_CLUSTER_INFO: () => {
        const brokerAddrTable = new Map(brokerDatas.map((data) => [data.brokerName, data]));
        return { body: clusterInfo.encode({ brokerAddrTable, clusterAddrTable: clusters }) };
      },
      GET_ALL_TOPIC_LIST_FROM_NAMESERVER: () => ({
        body: topicList.encode({ topicList: [...this.topics.keys()] }),
      }),
      DELETE_TOPIC_IN_NAMESRV: ({ header: { topic }, command }) => {
        this.asked.push(command);
        this.topics.delete(topic);
        return {};
      },
      GET_NAMESRV_CONFIG: () => ({ body: Buffer.from('listenPort=9876\n') }),
      UPDATE_NAMESRV_CONFIG: ({ command }) => {
        this.asked.push(command);
        return {};
      },
    };
  }
}
