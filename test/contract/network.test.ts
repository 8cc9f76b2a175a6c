import { describe, expect, test } from 'vitest';
import type { Address, Connection, ConnectionEvents, Runtime } from '../../runtime/mod.ts';
import { sleep } from '../../runtime/mod.ts';
import { worlds } from './worlds.ts';

const LOOPBACK: Address = { host: '127.0.0.1', port: 0 };

describe.each(worlds)('the %s network', (_name, inWorld) => {
  test('bytes arrive in order and whole, however they are cut', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      const sent = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
      for (let at = 0; at < sent.length; at += 1_000) {
        client.connection.write(Buffer.from(sent.subarray(at, at + 1_000)));
      }
      await server.hasReceived(sent.length);
      expect(Buffer.concat(server.input).equals(sent)).toBe(true);
      client.connection.destroy();
    }));

  test('several buffers are written in order', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      client.connection.writeAll(['a', '', 'bc', 'd'].map((text) => Buffer.from(text)));
      await server.hasReceived(4);
      expect(Buffer.concat(server.input).toString()).toBe('abcd');
      client.connection.destroy();
    }));

  test('input is borrowed: a view that is kept is overwritten', () =>
    inWorld(async ({ runtime }) => {
      const kept: Buffer[] = [];
      const server = new Peer(runtime, { onData: (bytes) => kept.push(bytes) });
      const { client } = await pair(runtime, { server });
      client.connection.write(Buffer.from('first'));
      await server.hasReceived(5);
      client.connection.write(Buffer.from('SECOND'));
      await server.hasReceived(11);
      expect(Buffer.concat(kept).toString()).not.toBe('firstSECOND');
      client.connection.destroy();
    }));

  test('each end knows both addresses', () =>
    inWorld(async ({ runtime }) => {
      const { client, server, address } = await pair(runtime);
      expect(client.connection.remote.port).toBe(address.port);
      expect(server.connection.local).toEqual(client.connection.remote);
      expect(server.connection.remote).toEqual(client.connection.local);
      client.connection.destroy();
    }));

  test('what is lent to a peer that does not read comes back with onDrain, and not before', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      server.connection.pause();
      // More than two kernels take between them.
      const sent = Buffer.alloc(16 * 2 ** 20, 'x');
      expect(client.connection.write(sent)).toBe(false);
      expect(client.connection.write(Buffer.from('y'))).toBe(false);
      await sleep(runtime.clock, 5);
      expect(client.seen).not.toContain('onDrain');
      expect(client.connection.unsentBytes).toBeGreaterThan(0);
      server.connection.resume();
      await server.hasReceived(sent.length + 1);
      await client.drained;
      expect(client.connection.unsentBytes).toBe(0);
      client.connection.destroy();
    }));

  test('a paused connection delivers nothing until it is resumed', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      server.connection.pause();
      client.connection.write(Buffer.from('held back'));
      await sleep(runtime.clock, 5);
      expect(server.receivedBytes).toBe(0);
      server.connection.resume();
      await server.hasReceived(9);
      client.connection.destroy();
    }));

  test('pausing within onData holds back what follows', () =>
    inWorld(async ({ runtime }) => {
      const server: Peer = new Peer(runtime, { onData: () => server.connection.pause() });
      const { client } = await pair(runtime, { server });
      client.connection.write(Buffer.from('x'));
      await server.hasReceived(1);
      client.connection.write(Buffer.from('y'));
      await sleep(runtime.clock, 5);
      expect(server.receivedBytes).toBe(1);
      server.connection.resume();
      await server.hasReceived(2);
      client.connection.destroy();
    }));

  test('a close delivers all that was written, then ends both sides without an error', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      const sent = Buffer.alloc(3_000_000, 'x');
      client.connection.write(sent);
      client.connection.close();
      client.connection.close();
      await Promise.all([client.closed, server.closed]);
      expect(server.receivedBytes).toBe(sent.length);
      expect([client.error, server.error]).toEqual([undefined, undefined]);
    }));

  test('a peer that ends still gets what was written to it', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      server.connection.write(Buffer.alloc(200_000, 'x'));
      client.connection.pause();
      await sleep(runtime.clock, 5);
      client.connection.resume();
      await client.hasReceived(200_000);
      client.connection.close();
      await Promise.all([client.closed, server.closed]);
      expect(client.receivedBytes).toBe(200_000);
    }));

  test('the close is the last callback, and comes once', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      client.connection.write(Buffer.alloc(1_000_000, 'x'));
      server.connection.destroy();
      server.connection.destroy();
      await Promise.all([client.closed, server.closed]);
      await sleep(runtime.clock, 3);
      for (const peer of [client, server]) {
        expect(peer.seen.filter((callback) => callback === 'onClose')).toHaveLength(1);
        expect(peer.seen.at(-1)).toBe('onClose');
      }
    }));

  test('a closed connection takes writes, does nothing with them and lends nothing', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      client.connection.close();
      expect(client.connection.write(Buffer.from('late'))).toBe(true);
      expect(client.connection.writeAll([Buffer.from('later')])).toBe(true);
      client.connection.pause();
      client.connection.resume();
      await Promise.all([client.closed, server.closed]);
      expect(server.receivedBytes).toBe(0);
      expect(client.connection.unsentBytes).toBe(0);
      client.connection.close();
      client.connection.destroy();
    }));

  test('no callback runs inside a call the owner makes', () =>
    inWorld(async ({ runtime }) => {
      const { client, server } = await pair(runtime);
      const { connection } = client;
      const calls = [
        () => connection.write(Buffer.alloc(500_000)),
        () => connection.pause(),
        () => connection.resume(),
        () => connection.close(),
        () => connection.destroy(),
      ];
      for (const call of calls) {
        const before = client.seen.length + server.seen.length;
        call();
        expect(client.seen.length + server.seen.length).toBe(before);
      }
      await client.closed;
    }));

  test('dialling where nothing listens is refused', () =>
    inWorld(async ({ runtime }) => {
      const listener = await runtime.network.listen(LOOPBACK, () => new Peer(runtime));
      await listener.close();
      await listener.close();
      const dial = runtime.network.dial(listener.address, new Peer(runtime), 1_000);
      await expect(dial).rejects.toMatchObject({ name: 'NetworkError', code: 'Refused' });
    }));

  test('an address that is in use is refused, and free again after the close', () =>
    inWorld(async ({ runtime }) => {
      const { network } = runtime;
      const first = await network.listen(LOOPBACK, () => new Peer(runtime));
      await expect(network.listen(first.address, () => new Peer(runtime))).rejects.toMatchObject({
        code: 'AddressInUse',
        message: expect.stringContaining(String(first.address.port)) as string,
      });
      await first.close();
      await (await network.listen(first.address, () => new Peer(runtime))).close();
    }));

  test('an address of another machine cannot be listened on', () =>
    inWorld(async ({ runtime }) => {
      const elsewhere = { host: '192.0.2.1', port: 0 };
      await expect(
        runtime.network.listen(elsewhere, () => new Peer(runtime)),
      ).rejects.toMatchObject({ code: 'AddressNotAvailable' });
    }));

  test('connections outlive their listener', () =>
    inWorld(async ({ runtime }) => {
      const { client, server, close } = await pair(runtime);
      await close();
      client.connection.write(Buffer.from('still here'));
      await server.hasReceived(10);
      expect(Buffer.concat(server.input).toString()).toBe('still here');
      client.connection.destroy();
    }));

  test('the dialler is told nothing before it has its connection', () =>
    inWorld(async ({ runtime }) => {
      const server: Peer = new Peer(runtime, {
        onOpen: () => server.connection.write(Buffer.from('hello')),
      });
      const listener = await runtime.network.listen(LOOPBACK, (connection) =>
        server.of(connection),
      );
      const client = new Peer(runtime);
      const connection = await runtime.network.dial(listener.address, client, 1_000);
      expect(client.seen).toEqual([]);
      client.of(connection);
      await client.hasReceived(5);
      connection.destroy();
      await listener.close();
    }));
});

interface Reactions {
  onOpen?(): void;
  onData?(bytes: Buffer): void;
}

/** One end of a connection, noting all it is told. */
class Peer implements ConnectionEvents {
  readonly seen: string[] = [];
  readonly input: Buffer[] = [];
  receivedBytes = 0;
  error: Error | undefined;
  readonly #runtime: Runtime;
  readonly #reactions: Reactions;
  readonly #closed = Promise.withResolvers<void>();
  readonly #drained = Promise.withResolvers<void>();
  #connection: Connection | undefined;

  constructor(runtime: Runtime, reactions: Reactions = {}) {
    this.#runtime = runtime;
    this.#reactions = reactions;
  }

  of(connection: Connection): this {
    this.#connection = connection;
    this.#reactions.onOpen?.();
    return this;
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('Not connected');
    return this.#connection;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  onData(bytes: Buffer): void {
    this.seen.push('onData');
    this.input.push(Buffer.from(bytes));
    this.receivedBytes += bytes.length;
    this.#reactions.onData?.(bytes);
  }

  onDrain(): void {
    this.seen.push('onDrain');
    this.#drained.resolve();
  }

  onClose(error?: Error): void {
    this.seen.push('onClose');
    this.error = error;
    this.#closed.resolve();
  }

  async hasReceived(bytes: number): Promise<void> {
    while (this.receivedBytes < bytes) await sleep(this.#runtime.clock, 1);
  }
}

async function pair(runtime: Runtime, peers: { server?: Peer } = {}) {
  const server = peers.server ?? new Peer(runtime);
  const accepted = Promise.withResolvers<void>();
  const listener = await runtime.network.listen(LOOPBACK, (connection) => {
    accepted.resolve();
    return server.of(connection);
  });
  const client = new Peer(runtime);
  client.of(await runtime.network.dial(listener.address, client, 1_000));
  await accepted.promise;
  return { client, server, address: listener.address, close: () => listener.close() };
}
