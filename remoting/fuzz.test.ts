import { memoryUsage } from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, nameServerRequests } from '../protocol/mod.ts';
import type { Connection, ConnectionEvents, Runtime } from '../runtime/mod.ts';
import { dispatcher } from './dispatcher.ts';
import { completed } from './outgoing.ts';
import { RemotingServer } from './server.ts';

const FRAMES = 100_000;
const FRAMES_A_STREAM = 2;
const HERE = { host: '127.0.0.1', port: 1 };

/** One end of a connection: what the server writes is counted, what it is sent is given at once. */
class Wire implements Connection {
  readonly local = HERE;
  readonly remote = HERE;
  readonly unsentBytes = 0;
  bytesOut = 0;
  isClosed = false;

  write(bytes: Buffer): boolean {
    this.bytesOut += bytes.length;
    return true;
  }

  writeAll(buffers: readonly Buffer[]): boolean {
    for (const bytes of buffers) this.bytesOut += bytes.length;
    return true;
  }

  pause(): void {}
  resume(): void {}

  close(): void {
    this.isClosed = true;
  }

  destroy(): void {
    this.isClosed = true;
  }
}

/** A runtime of one listener, whose turns end when told to. */
class World {
  readonly ends: (() => void)[] = [];
  accept: ((connection: Connection) => ConnectionEvents) | undefined;
  readonly runtime = {
    clock: {
      monotonicMs: () => 0,
      wallMs: () => 0,
      after: () => ({ cancel: () => undefined }),
      every: () => ({ cancel: () => undefined }),
      endOfTurn: (run: () => void) => void this.ends.push(run),
    },
    log: { warn: () => undefined, error: () => undefined, info: () => undefined },
    network: {
      listen: (_address: unknown, accept: (connection: Connection) => ConnectionEvents) => {
        this.accept = accept;
        return Promise.resolve({ address: HERE, close: () => Promise.resolve() });
      },
    },
  } as unknown as Runtime;

  endTurn(): void {
    for (const run of this.ends.splice(0)) run();
  }

  connect(): { readonly wire: Wire; readonly events: ConnectionEvents } {
    const wire = new Wire();
    const events = this.accept?.(wire);
    if (events === undefined) throw new Error('nothing listens');
    return { wire, events };
  }
}

const valid = [
  completed({ code: 105, fields: { topic: 'T' } }, 1, 0),
  completed({ code: 105, fields: { topic: 'T' }, serialization: 'ROCKETMQ' }, 2, 0),
  completed({ code: 101, fields: { namespace: 'n', key: 'k' }, body: Buffer.alloc(40, 'b') }, 3, 0),
  completed({ code: 310, fields: { a: 'g', b: 'T', e: '0', i: 'A\u0001b\u0002' } }, 4, 2),
  completed({ code: 0, remark: 'an answer', serialization: 'ROCKETMQ' }, 5, 1),
].map(encodeCommand);

const anyMutation = fc.record({
  place: fc.double({ min: 0, max: 0.999, noNaN: true }),
  byte: fc.nat({ max: 255 }),
  kind: fc.constantFrom('none', 'none', 'set', 'set', 'set', 'cut', 'grow', 'length'),
});

function mutate(
  frame: Buffer,
  { place, byte, kind }: { place: number; byte: number; kind: string },
) {
  const position = Math.floor(place * frame.length);
  const copy = Buffer.from(frame);
  if (kind === 'set') copy[position] = byte;
  if (kind === 'length') copy[Math.floor(place * 8)] = byte;
  if (kind === 'cut') return copy.subarray(0, position);
  if (kind === 'grow') return Buffer.concat([copy, Buffer.alloc(byte, byte)]);
  return copy;
}

type Stream = typeof anyStream extends fc.Arbitrary<infer T> ? T : never;

const anyStream = fc.record({
  frames: fc.array(fc.record({ which: fc.nat({ max: valid.length - 1 }), mutation: anyMutation }), {
    minLength: FRAMES_A_STREAM,
    maxLength: FRAMES_A_STREAM,
  }),
  pieceBytes: fc.integer({ min: 1, max: 700 }),
});

test(`${FRAMES} broken frames are answered or cut off: nothing throws, nothing stays`, async () => {
  const world = new World();
  const table = dispatcher(world.runtime, nameServerRequests, {
    GET_ROUTEINFO_BY_TOPIC: ({ header }) => ({ body: Buffer.from(header.topic) }),
    GET_KV_CONFIG: ({ header, body }) => ({ header: { value: header.key }, body }),
  });
  const server = await RemotingServer.listen(
    world.runtime,
    { address: HERE },
    { dispatcher: table, fast: new Map([[105, () => false]]) },
  );
  let cutOff = 0;
  let answered = 0;
  let untouched = 0;
  const feed = ({ frames, pieceBytes }: Stream): void => {
    const { wire, events } = world.connect();
    const bytes = Buffer.concat(
      frames.map(({ which, mutation }) => mutate(valid[which] ?? Buffer.alloc(0), mutation)),
    );
    for (let at = 0; at < bytes.length && !wire.isClosed; at += pieceBytes) {
      events.onData(bytes.subarray(at, at + pieceBytes));
    }
    world.endTurn();
    if (wire.isClosed) cutOff++;
    else if (wire.bytesOut > 0) answered++;
    else untouched++;
    events.onClose();
  };
  const parameters = { numRuns: FRAMES / FRAMES_A_STREAM / 2, seed: 3, endOnFailure: true };
  fc.assert(fc.property(anyStream, feed), parameters);
  const before = memoryUsage();
  fc.assert(fc.property(anyStream, feed), { ...parameters, seed: 4 });
  const after = memoryUsage();
  expect(server.connections.size).toBe(0);
  expect(server.counts.malformedFrames).toBe(cutOff);
  expect(cutOff).toBeGreaterThan(10_000);
  expect(answered).toBeGreaterThan(1000);
  expect(cutOff + answered + untouched).toBe(FRAMES / FRAMES_A_STREAM);
  // Collectable garbage of the test itself is in here too: what leaked would be far more.
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
}, 60_000);
