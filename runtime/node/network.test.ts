import { createServer, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { ConnectionEvents } from '../network.ts';
import { readBorrowed, startReading } from './borrowed-input.ts';
import { nodeNetwork } from './network.ts';
import { networkError } from './network-errors.ts';
import { nodeLog } from './node-runtime.ts';

const network = nodeNetwork(nodeLog('json'));
const LOOPBACK = { host: '127.0.0.1', port: 0 };

function quiet(events: Partial<ConnectionEvents> = {}): ConnectionEvents {
  return { onData: () => undefined, onDrain: () => undefined, onClose: () => undefined, ...events };
}

test.each([
  ['ECONNREFUSED', 'Refused'],
  ['EADDRINUSE', 'AddressInUse'],
  ['ENOTFOUND', 'UnknownHost'],
  ['ECONNRESET', 'Reset'],
  ['EWEIRD', 'Other'],
])('%s is told as %s', (code, expected) => {
  const cause = Object.assign(new Error('said no'), { code });
  expect(networkError('connect to a:1', cause)).toMatchObject({ code: expected, cause });
  expect(networkError('connect to a:1', new AggregateError([cause])).code).toBe(expected);
});

test('an accepted socket whose handle cannot be taken over is read by events', async () => {
  const received: string[] = [];
  const done = Promise.withResolvers<Socket>();
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const withoutHandle = new Proxy(accepted, {
      get(target, name) {
        if (name === '_handle') return undefined;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const socket = readBorrowed(withoutHandle, (bytes) => {
      received.push(bytes.toString());
      done.resolve(socket);
    });
    startReading(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const connection = await network.dial({ ...LOOPBACK, port }, quiet(), 1_000);
  connection.write(Buffer.from('hello'));
  (await done.promise).destroy();
  expect(received).toEqual(['hello']);
  server.close();
});

test('a server forgets a connection whose handle was taken over once it has ended', async () => {
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const socket = readBorrowed(accepted, (bytes) => socket.end(bytes));
    expect(socket).not.toBe(accepted);
    startReading(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const connection = await network.dial({ ...LOOPBACK, port }, quiet(), 1_000);
  connection.write(Buffer.from('bye'));
  // It calls back when it knows of no connection any more.
  const error = await new Promise((resolve) => {
    server.close(resolve);
  });
  expect(error).toBeUndefined();
});

test('a dial that is not answered in time says so, and leaves nothing behind', async () => {
  const told: string[] = [];
  const listener = await network.listen(LOOPBACK, () => quiet());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const events = quiet({ onClose: () => told.push('onClose') });
  const dial = network.dial(listener.address, events, 300);
  vi.advanceTimersByTime(300);
  vi.useRealTimers();
  await expect(dial).rejects.toMatchObject({
    code: 'TimedOut',
    message: expect.stringContaining('no answer within 300 ms') as string,
  });
  await listener.close();
  expect(told).toEqual([]);
});
