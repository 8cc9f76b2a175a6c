/**
 * The floor under our send path: the least that turns a send request into a record, a queue entry,
 * index entries and an answer, without dispatch, checks, long polling, recovery or any other part
 * of a broker. It exists to be measured: what the broker costs more is what its features cost, and
 * what `prototype-runtime` costs more than `prototype` is what the Runtime seam costs.
 *
 * Usage: node main.ts node|runtime host:port folder
 */
import { type Accepted, ANSWER_BYTES, writeAnswer } from './answers.ts';
import { directly, type Outside, type Peer, throughRuntime } from './outside.ts';
import { decimal, Spans } from './spans.ts';
import { type Message, type Queue, Store } from './store.ts';

const SEND_MESSAGE_V2 = 310;
const OUTPUT_BYTES = 1 << 18;
const TOPIC = Buffer.from('BenchTopic');
const UNKNOWN_CODE = Buffer.from(
  '{"code":3,"flag":1,"language":"JAVA","opaque":1,"serializeTypeCurrentRPC":"JSON","version":479}',
);

const letter = { queueId: 0x65, bornMs: 0x67, properties: 0x69 } as const;

class Client {
  readonly peer: Peer;
  output = Buffer.allocUnsafeSlow(OUTPUT_BYTES);
  outputBytes = 0;
  isDirty = false;
  /** The start of a frame whose rest has not come. */
  rest = Buffer.allocUnsafeSlow(1 << 16);
  restBytes = 0;

  constructor(peer: Peer) {
    this.peer = peer;
  }
}

class SendPath {
  readonly #outside: Outside;
  readonly #store: Store;
  readonly #queues: Queue[];
  readonly #spans = new Spans();
  readonly #dirty: Client[] = [];
  readonly #topicHash: number;
  readonly #accepted: Accepted = { opaque: 0, queueId: 0, queueOffset: 0, logOffset: 0 };
  readonly #message: Message;
  #scheduled = false;

  constructor(outside: Outside, folder: string) {
    this.#outside = outside;
    this.#store = new Store(outside, folder);
    this.#queues = Array.from({ length: 8 }, (_, id) => this.#store.queue(id));
    this.#topicHash = [...TOPIC, 0x23].reduce((hash, byte) => (hash * 31 + byte) | 0, 0);
    this.#message = {
      queueId: 0,
      bornMs: 0,
      storedMs: 0,
      topic: TOPIC,
      bytes: TOPIC,
      bodyStart: 0,
      bodyEnd: 0,
      propertiesStart: 0,
      propertiesEnd: 0,
      isEscaped: false,
    };
  }

  /** Cuts what came into frames; the bytes are borrowed, so the start of the next one is copied. */
  take(client: Client, bytes: Buffer): void {
    this.#message.storedMs = this.#outside.wallMs();
    let at = this.#finishCutFrame(client, bytes);
    while (bytes.length - at >= 4) {
      const frameBytes = 4 + bytes.readInt32BE(at);
      if (bytes.length - at < frameBytes) break;
      this.#frame(client, bytes, at, at + frameBytes);
      at += frameBytes;
    }
    if (at < bytes.length) client.restBytes = bytes.copy(client.rest, 0, at);
    if (this.#scheduled || this.#dirty.length === 0) return;
    this.#scheduled = true;
    this.#outside.endOfTurn(() => this.#endTurn());
  }

  #finishCutFrame(client: Client, bytes: Buffer): number {
    if (client.restBytes === 0) return 0;
    let at = 0;
    while (client.restBytes < 4 && at < bytes.length) {
      client.rest[client.restBytes++] = bytes[at++] ?? 0;
    }
    if (client.restBytes < 4) return at;
    const frameBytes = 4 + client.rest.readInt32BE(0);
    const taken = bytes.copy(client.rest, client.restBytes, at, at + frameBytes - client.restBytes);
    client.restBytes += taken;
    if (client.restBytes === frameBytes) {
      this.#frame(client, client.rest, 0, frameBytes);
      client.restBytes = 0;
    }
    return at + taken;
  }

  #frame(client: Client, bytes: Buffer, start: number, end: number): void {
    const spans = this.#spans;
    const isBinary = bytes[start + 4] === 1;
    const header = start + 8;
    const body = header + (bytes.readInt32BE(start + 4) & 0xffffff);
    if (isBinary) spans.scanBinary(bytes, header);
    else spans.scanJson(bytes, header, body);
    if (spans.code !== SEND_MESSAGE_V2) return this.#refuse(client);

    const message = this.#message;
    message.queueId = this.#number(bytes, letter.queueId) & 7;
    message.bornMs = this.#number(bytes, letter.bornMs);
    message.bytes = bytes;
    message.bodyStart = body;
    message.bodyEnd = end;
    message.propertiesStart = spans.start[letter.properties] ?? 0;
    message.propertiesEnd = spans.end[letter.properties] ?? 0;
    message.isEscaped = !isBinary;
    const queue = this.#queues[message.queueId];
    if (queue === undefined) return;
    const accepted = this.#accepted;
    accepted.opaque = spans.opaque;
    accepted.queueId = message.queueId;
    accepted.queueOffset = queue.offset;
    accepted.logOffset = this.#store.append(message, queue, this.#topicHash);
    this.#answer(client, isBinary);
  }

  #number(bytes: Buffer, field: number): number {
    return decimal(bytes, this.#spans.start[field] ?? 0, this.#spans.end[field] ?? 0);
  }

  #answer(client: Client, isBinary: boolean): void {
    if (client.output.length - client.outputBytes < ANSWER_BYTES) {
      const larger = Buffer.allocUnsafeSlow(client.output.length * 2);
      client.output.copy(larger, 0, 0, client.outputBytes);
      client.output = larger;
    }
    client.outputBytes = writeAnswer(client.output, client.outputBytes, isBinary, this.#accepted);
    if (client.isDirty) return;
    client.isDirty = true;
    this.#dirty.push(client);
  }

  #refuse(client: Client): void {
    const prefix = Buffer.alloc(8);
    prefix.writeInt32BE(4 + UNKNOWN_CODE.length, 0);
    prefix.writeInt32BE(UNKNOWN_CODE.length, 4);
    client.peer.write(Buffer.concat([prefix, UNKNOWN_CODE]));
  }

  #endTurn(): void {
    this.#scheduled = false;
    this.#store.write();
    for (const client of this.#dirty) {
      const hasLeft = client.peer.write(client.output.subarray(0, client.outputBytes));
      if (!hasLeft) client.output = Buffer.allocUnsafeSlow(OUTPUT_BYTES);
      client.outputBytes = 0;
      client.isDirty = false;
    }
    this.#dirty.length = 0;
  }
}

const [variant, address = '', folder = ''] = process.argv.slice(2);
const [host = '', port = ''] = address.split(':');
const outside = variant === 'runtime' ? throughRuntime() : directly;
const path = new SendPath(outside, folder);
outside.listen(host, Number(port), (peer) => {
  const client = new Client(peer);
  return (bytes) => path.take(client, bytes);
});
