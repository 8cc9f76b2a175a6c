/**
 * A remoting client in the fewest lines that can test a broker: JSON headers, one connection. It
 * shares no code with the product, so a mistake in our codecs cannot cancel itself out.
 */
import { createConnection, type Socket } from 'node:net';

export interface Answer {
  readonly code: number;
  readonly remark: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Call {
  readonly code: number;
  readonly fields?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
}

interface Header {
  readonly code: number;
  readonly opaque: number;
  readonly remark?: string;
  readonly extFields?: Readonly<Record<string, string>>;
}

/** The whole frame of a request, length word included. */
export function frameOf(
  { code, fields = {}, body = Buffer.alloc(0) }: Call,
  opaque: number,
): Buffer {
  const extFields = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, String(v)]));
  const header = Buffer.from(
    JSON.stringify({
      code,
      extFields,
      flag: 0,
      language: 'JAVA',
      opaque,
      serializeTypeCurrentRPC: 'JSON',
      version: 479,
    }),
  );
  const prefix = Buffer.alloc(8);
  prefix.writeInt32BE(4 + header.length + body.length, 0);
  prefix.writeInt32BE(header.length, 4);
  return Buffer.concat([prefix, header, body]);
}

export class Wire implements Disposable {
  /** Resolves when the other side has ended the connection. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #held = Buffer.alloc(0);
  #opaque = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => this.#take(bytes));
  }

  /** Connects, trying again until `timeoutMs` is over: a server that starts is not there yet. */
  static async connect(address: string, timeoutMs = 30_000): Promise<Wire> {
    const [host = '', port = ''] = address.split(':');
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const socket = createConnection({ host, port: Number(port), noDelay: true });
      const failure = await new Promise<Error | undefined>((resolve) => {
        socket.once('connect', () => resolve(undefined));
        socket.once('error', resolve);
      });
      if (!failure) return new Wire(socket);
      if (performance.now() > deadline) {
        throw new Error(`Cannot connect to ${address}`, { cause: failure });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  call(request: Call, timeoutMs = 20_000): Promise<Answer> {
    const opaque = this.#opaque++;
    return this.exchange(frameOf(request, opaque), opaque, timeoutMs);
  }

  /** Sends a whole frame and waits for the answer with its opaque. */
  async exchange(frame: Buffer, opaque: number, timeoutMs = 20_000): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(opaque, resolve);
    void this.closed.then(() =>
      reject(new Error(`Connection closed before request ${opaque} was answered`)),
    );
    const timer = setTimeout(
      () => reject(new Error(`No answer to request ${opaque} in ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#socket.write(frame);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(opaque);
    }
  }

  /** As `call`, for an answer that must be a success. */
  async success(request: Call): Promise<Answer> {
    const answer = await this.call(request);
    if (answer.code === 0) return answer;
    throw new Error(`Request ${request.code} was answered with ${answer.code}: ${answer.remark}`);
  }

  /** Bytes as they are, for frames that no client would send. Resolves when they have left. */
  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const frameBytes = this.#held.length >= 4 ? 4 + this.#held.readInt32BE(0) : Infinity;
      if (this.#held.length < frameBytes) return;
      const headerEnd = 8 + this.#held.readUIntBE(5, 3);
      const header = JSON.parse(this.#held.toString('utf8', 8, headerEnd)) as Header;
      this.#waiting.get(header.opaque)?.({
        code: header.code,
        remark: header.remark ?? '',
        fields: header.extFields ?? {},
        body: Buffer.from(this.#held.subarray(headerEnd, frameBytes)),
      });
      this.#held = this.#held.subarray(frameBytes);
    }
  }
}
