import { describe, expect, test } from 'vitest';
import {
  type Command,
  decodeCommand,
  encodeCommand,
  Failure,
  nameServerRequests,
} from '../protocol/mod.ts';
import {
  AssertionError,
  type Connection,
  type ConnectionEvents,
  DiskError,
  type Runtime,
  sleep,
} from '../runtime/mod.ts';
import { simulated } from '../simulation/mod.ts';
import { type DispatchHooks, dispatcher } from './dispatcher.ts';
import { FrameCutter } from './frames.ts';
import { type Handlers, NO_ANSWER } from './handler.ts';
import { completed } from './outgoing.ts';
import { RemotingServer, type ServerOptions, type ServerParts } from './server.ts';
import type { ServerConnection } from './server-connection.ts';

type Table = typeof nameServerRequests;
type Setup = Partial<Omit<ServerOptions, 'address'>> &
  Partial<Omit<ServerParts, 'dispatcher'>> & {
    readonly handlers?: Partial<Handlers<Table>>;
    readonly hooks?: DispatchHooks;
  };

const ADDRESS = { host: '0.0.0.0', port: 9876 };
const { GET_KV_CONFIG, GET_BROKER_CLUSTER_INFO } = nameServerRequests;

function listen(
  runtime: Runtime,
  { handlers = {}, hooks, ...rest }: Setup,
): Promise<RemotingServer> {
  const table = dispatcher(runtime, nameServerRequests, handlers, hooks);
  return RemotingServer.listen(
    runtime,
    { address: ADDRESS, ...rest },
    { dispatcher: table, ...rest },
  );
}

/** A peer that speaks bytes: what it got, and whether it was cut off. */
class Peer implements ConnectionEvents {
  readonly received: Command[] = [];
  readonly #cutter = new FrameCutter();
  connection: Connection | undefined;
  isClosed = false;

  static async connect(runtime: Runtime, port = ADDRESS.port): Promise<Peer> {
    const peer = new Peer();
    peer.connection = await runtime.network.dial({ host: '127.0.0.1', port }, peer, 1000);
    return peer;
  }

  onData(bytes: Buffer): void {
    this.#cutter.push(bytes, (buffer, start, end) => {
      this.received.push(decodeCommand(Buffer.from(buffer.subarray(start, end))));
      return true;
    });
  }

  onDrain(): void {}

  onClose(): void {
    this.isClosed = true;
  }

  write(bytes: Buffer): void {
    this.connection?.write(Buffer.from(bytes));
  }

  ask(code: number, fields: Record<string, string> = {}, opaque = 7, flag = 0): void {
    this.write(encodeCommand(completed({ code, fields }, opaque, flag)));
  }
}

/** Lets answers arrive. */
const moment = (runtime: Runtime): Promise<void> => sleep(runtime.clock, 50);

describe('RemotingServer', () => {
  test('answers with the id and in the serialization of the request', () =>
    simulated(1, async (runtime) => {
      await listen(runtime, {
        handlers: { GET_KV_CONFIG: ({ header }) => ({ header: { value: `${header.key}!` } }) },
      });
      const peer = await Peer.connect(runtime);
      const fields = { namespace: 'n', key: 'k' };
      for (const serialization of ['JSON', 'ROCKETMQ'] as const) {
        const request = completed({ code: GET_KV_CONFIG.code, fields, serialization }, -5, 0);
        peer.write(encodeCommand(request));
      }
      await moment(runtime);
      expect(peer.received).toMatchObject([
        {
          code: 0,
          opaque: -5,
          flag: 1,
          version: 479,
          serialization: 'JSON',
          fields: { value: 'k!' },
        },
        { code: 0, opaque: -5, flag: 1, serialization: 'ROCKETMQ', fields: { value: 'k!' } },
      ]);
    }));

  test('says what is wrong in the code and remark that clients know', () =>
    simulated(2, async (runtime) => {
      await listen(runtime, {
        handlers: {
          GET_KV_CONFIG: () => {
            throw new Failure('TopicNotFound', 'no such topic');
          },
          GET_BROKER_CLUSTER_INFO: async () => {
            await sleep(runtime.clock, 5);
            throw new DiskError('NoSpace', 'Cannot write it: the disk is full');
          },
        },
      });
      const peer = await Peer.connect(runtime);
      peer.ask(31_000, {}, 1);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n', key: 'k' }, 2);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n' }, 3);
      peer.ask(GET_BROKER_CLUSTER_INFO.code, {}, 4);
      await moment(runtime);
      const answers = new Map(
        peer.received.map(({ opaque, code, remark }) => [opaque, { code, remark }]),
      );
      expect(answers.get(1)).toEqual({ code: 3, remark: ' request type 31000 not supported' });
      expect(answers.get(2)).toEqual({ code: 17, remark: 'no such topic' });
      expect(answers.get(3)).toMatchObject({ code: 1, remark: expect.stringContaining('"key"') });
      expect(answers.get(4)).toEqual({ code: 1, remark: 'Cannot write it: the disk is full' });
    }));

  test('never answers a oneway request, nor one whose handler says so', () =>
    simulated(3, async (runtime) => {
      const done: string[] = [];
      await listen(runtime, {
        handlers: { GET_BROKER_CLUSTER_INFO: () => NO_ANSWER },
        hooks: { onDone: (name, code, _ms, oneway) => done.push(`${name} ${code} ${oneway}`) },
      });
      const peer = await Peer.connect(runtime);
      peer.ask(31_000, {}, 1, 2);
      peer.ask(GET_BROKER_CLUSTER_INFO.code);
      await moment(runtime);
      expect(peer.received).toEqual([]);
      expect(done).toEqual(['UNKNOWN 3 true', 'GET_BROKER_CLUSTER_INFO 0 false']);
    }));

  test.each([
    new AssertionError('a bug'),
    new TypeError('undefined is no function'),
    new RangeError('stack'),
  ])('a bug in a handler is not an answer: it gets out (%s)', (bug) =>
    simulated(4, async (runtime) => {
      const table = dispatcher(runtime, nameServerRequests, {
        GET_BROKER_CLUSTER_INFO: () => {
          throw bug;
        },
      });
      const connection = { serves: () => true, openRequests: 0 } as unknown as ServerConnection;
      const command = completed({ code: GET_BROKER_CLUSTER_INFO.code }, 1, 0);
      expect(() => table.dispatch(command, connection)).toThrow(bug);
      await moment(runtime);
    }),
  );

  test('offers a request to the fast handler first, and decodes it when that says no', () =>
    simulated(5, async (runtime) => {
      let offered = 0;
      await listen(runtime, {
        fast: new Map([
          [
            GET_KV_CONFIG.code,
            (scan, _buffer, connection) => {
              offered++;
              if (scan.opaque !== 1) return false;
              connection.send(completed({ code: 0, remark: 'fast' }, scan.opaque, 1));
              return true;
            },
          ],
        ]),
        handlers: { GET_KV_CONFIG: () => ({ header: { value: 'slow' } }) },
      });
      const peer = await Peer.connect(runtime);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n', key: 'k' }, 1);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n', key: 'k' }, 2);
      await moment(runtime);
      expect(offered).toBe(2);
      expect(peer.received).toMatchObject([{ remark: 'fast' }, { fields: { value: 'slow' } }]);
    }));

  test('runs what comes before answers once for all requests of a turn', () =>
    simulated(6, async (runtime) => {
      let commits = 0;
      let handled = 0;
      await listen(runtime, {
        beforeAnswers: () => commits++,
        handlers: {
          GET_BROKER_CLUSTER_INFO: () => {
            handled++;
            return {};
          },
        },
      });
      const peer = await Peer.connect(runtime);
      const frame = encodeCommand(completed({ code: GET_BROKER_CLUSTER_INFO.code }, 1, 0));
      peer.write(Buffer.concat(Array.from({ length: 20 }, () => frame)));
      await moment(runtime);
      expect(handled).toBe(20);
      expect(peer.received).toHaveLength(20);
      expect(commits).toBeLessThan(5);
    }));

  test.each([
    ['a frame that is none', Buffer.from([0, 0, 0, 1, 9, 9, 9, 9])],
    ['a header that is no JSON', Buffer.from([0, 0, 0, 6, 0, 0, 0, 2, 0x7b, 0x7b])],
    ['an unknown serialization', Buffer.from([0, 0, 0, 6, 9, 0, 0, 2, 0x7b, 0x7d])],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x10, 0x01, 0x00, 0x00])],
    ['the PROXY protocol', Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('closes a connection that sends %s, and answers nothing', (_name, bytes) =>
    simulated(7, async (runtime) => {
      const server = await listen(runtime, {});
      const peer = await Peer.connect(runtime);
      peer.write(bytes);
      await moment(runtime);
      expect(peer).toMatchObject({ isClosed: true, received: [] });
      expect(server.counts).toMatchObject({ malformedFrames: 1, connections: 0 });
    }),
  );

  test('closes a connection that is silent for too long, and no other', () =>
    simulated(8, async (runtime) => {
      const server = await listen(runtime, { idleMs: 1000 });
      const [silent, busy] = [await Peer.connect(runtime), await Peer.connect(runtime)];
      for (let step = 0; step < 20; step++) {
        busy.ask(31_000);
        await sleep(runtime.clock, 100);
      }
      expect([silent.isClosed, busy.isClosed]).toEqual([true, false]);
      expect(server.counts.connectionsIdled).toBe(1);
    }));

  test('stops reading from a peer that does not read, and goes on when it does', () =>
    simulated(9, async (runtime) => {
      let handled = 0;
      const body = Buffer.alloc(100_000);
      const server = await listen(runtime, {
        outputBytesMax: 500_000,
        handlers: {
          GET_BROKER_CLUSTER_INFO: () => {
            handled++;
            return { body };
          },
        },
      });
      const peer = await Peer.connect(runtime);
      peer.connection?.pause();
      const frame = encodeCommand(completed({ code: GET_BROKER_CLUSTER_INFO.code }, 1, 0));
      peer.write(Buffer.concat(Array.from({ length: 200 }, () => frame)));
      await sleep(runtime.clock, 2000);
      const before = handled;
      const [connection] = server.connections;
      expect(connection?.waitingBytes).toBeLessThan(500_000 + 2 * body.length);
      expect(before).toBeLessThan(200);
      peer.connection?.resume();
      await sleep(runtime.clock, 20_000);
      expect(handled).toBe(200);
      expect(peer.received).toHaveLength(200);
    }));

  test('a second listener serves its codes and refuses the others', () =>
    simulated(10, async (runtime) => {
      const handlers = { GET_BROKER_CLUSTER_INFO: () => ({}), GET_KV_CONFIG: () => ({}) };
      const server = await listen(runtime, { handlers });
      const codes = new Set([GET_BROKER_CLUSTER_INFO.code]);
      const { port } = await server.alsoListen({ address: { ...ADDRESS, port: 9874 }, codes });
      const peer = await Peer.connect(runtime, port);
      peer.ask(GET_BROKER_CLUSTER_INFO.code, {}, 1);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n', key: 'k' }, 2);
      await moment(runtime);
      expect(peer.received).toMatchObject([
        { opaque: 1, code: 0 },
        { opaque: 2, code: 3 },
      ]);
    }));

  test('asks clients, and settles with the answer or when none comes', () =>
    simulated(11, async (runtime) => {
      const server = await listen(runtime, {});
      const peer = await Peer.connect(runtime);
      await moment(runtime);
      const [connection] = server.connections;
      const answered = connection?.call({ code: 307 }, 1000);
      const unanswered = connection?.call({ code: 221 }, 1000);
      connection?.notify({ code: 40 });
      await moment(runtime);
      expect(peer.received).toMatchObject([
        { code: 307, flag: 0 },
        { code: 221, flag: 0 },
        { code: 40, flag: 2 },
      ]);
      const opaque = peer.received[0]?.opaque ?? 0;
      peer.write(encodeCommand(completed({ code: 0, remark: 'fine' }, opaque, 1)));
      await expect(answered).resolves.toMatchObject({ remark: 'fine' });
      await expect(unanswered).rejects.toMatchObject({ code: 'TimedOut' });
    }));

  test('fails what waits for a client that goes away, and says that it went', () =>
    simulated(12, async (runtime) => {
      const closed: ServerConnection[] = [];
      const server = await listen(runtime, { onClosed: (connection) => closed.push(connection) });
      const peer = await Peer.connect(runtime);
      await moment(runtime);
      const [connection] = server.connections;
      const waiting = connection?.call({ code: 307 }, 60_000);
      let ran = 0;
      connection?.onClose(() => ran++);
      peer.connection?.destroy();
      await expect(waiting).rejects.toMatchObject({ code: 'Reset' });
      connection?.onClose(() => ran++);
      expect(ran).toBe(2);
      expect(closed).toEqual([connection]);
      expect(server.connections.size).toBe(0);
    }));

  test('sends an answer that comes after its client has gone to nobody', () =>
    simulated(13, async (runtime) => {
      let finished = 0;
      await listen(runtime, {
        handlers: {
          GET_BROKER_CLUSTER_INFO: async () => {
            await sleep(runtime.clock, 500);
            finished++;
            return {};
          },
        },
      });
      const peer = await Peer.connect(runtime);
      peer.ask(GET_BROKER_CLUSTER_INFO.code);
      await moment(runtime);
      peer.connection?.destroy();
      await sleep(runtime.clock, 1000);
      expect(finished).toBe(1);
      expect(peer.received).toEqual([]);
    }));

  test('refuses requests beyond what one connection may have waiting', () =>
    simulated(14, async (runtime) => {
      await listen(runtime, {
        handlers: {
          GET_BROKER_CLUSTER_INFO: async () => {
            await sleep(runtime.clock, 5000);
            return {};
          },
        },
      });
      const peer = await Peer.connect(runtime);
      const frame = encodeCommand(completed({ code: GET_BROKER_CLUSTER_INFO.code }, 1, 0));
      peer.write(Buffer.concat(Array.from({ length: 4100 }, () => frame)));
      await sleep(runtime.clock, 2000);
      expect(peer.received.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
      await sleep(runtime.clock, 10_000);
      expect(peer.received.filter(({ code }) => code === 0)).toHaveLength(4096);
    }));

  test('refuses connections beyond the limit, and takes them again when some have gone', () =>
    simulated(15, async (runtime) => {
      const server = await listen(runtime, { connectionsMax: 2 });
      const peers = [await Peer.connect(runtime), await Peer.connect(runtime)];
      await moment(runtime);
      const third = await Peer.connect(runtime);
      await moment(runtime);
      expect(third.isClosed).toBe(true);
      peers[0]?.connection?.destroy();
      await moment(runtime);
      const fourth = await Peer.connect(runtime);
      await moment(runtime);
      expect(fourth.isClosed).toBe(false);
      expect(server.counts).toMatchObject({ connections: 2, connectionsRefused: 1 });
    }));

  test('a connection closed by a handler ends after its answers, which wait for the commit', () =>
    simulated(17, async (runtime) => {
      let commits = 0;
      const written: number[] = [];
      const server = await listen(runtime, {
        beforeAnswers: () => commits++,
        fast: new Map([
          [
            GET_KV_CONFIG.code,
            (scan, _buffer, connection) => {
              connection.send(completed({ code: 0 }, scan.opaque, 1));
              connection.close();
              written.push(connection.waitingBytes, commits);
              return true;
            },
          ],
        ]),
      });
      const peer = await Peer.connect(runtime);
      peer.ask(GET_KV_CONFIG.code, { namespace: 'n', key: 'k' });
      await moment(runtime);
      // Nothing had left when the handler was done.
      expect(written[0]).toBeGreaterThan(0);
      expect(commits).toBeGreaterThan(written[1] ?? 0);
      expect(peer).toMatchObject({ isClosed: true, received: [{ code: 0 }] });
      expect(server.connections.size).toBe(0);
    }));

  test('closes its connections when it closes, after their answers have left', () =>
    simulated(16, async (runtime) => {
      const server = await listen(runtime, {
        handlers: { GET_BROKER_CLUSTER_INFO: () => ({ body: Buffer.alloc(3_000_000) }) },
      });
      const peer = await Peer.connect(runtime);
      peer.ask(GET_BROKER_CLUSTER_INFO.code);
      while (server.counts.bytesIn === 0) await sleep(runtime.clock, 1);
      await server.close();
      // The process may exit now.
      expect([peer.isClosed, peer.received.length, server.connections.size]).toEqual([true, 1, 0]);
      await expect(Peer.connect(runtime)).rejects.toMatchObject({ code: 'Refused' });
    }));

  test('a peer that does not read its answers does not hold up a close for long', () =>
    simulated(17, async (runtime) => {
      const server = await listen(runtime, {
        handlers: { GET_BROKER_CLUSTER_INFO: () => ({ body: Buffer.alloc(3_000_000) }) },
      });
      const peer = await Peer.connect(runtime);
      peer.connection?.pause();
      peer.ask(GET_BROKER_CLUSTER_INFO.code);
      while (server.counts.bytesIn === 0) await sleep(runtime.clock, 1);
      const startMs = runtime.clock.monotonicMs();
      await server.close();
      expect(runtime.clock.monotonicMs() - startMs).toBeLessThan(4000);
    }));
});
