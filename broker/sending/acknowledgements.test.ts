import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Command, decodeCommand, encodeCommand } from '../../protocol/mod.ts';
import { Acknowledgements, type Answered, type Stored } from './acknowledgements.ts';
import { ANSWER_BYTES_MAX, KEY_BYTES_MAX, SendAnswer } from './send-answer.ts';

const answer = new SendAnswer({
  storeHost: Buffer.from('7F00000100002A9F', 'hex'),
  region: 'DefaultRegion',
  traceOn: true,
});

/** What a connection was given, in order. */
class Client implements Answered {
  output: Buffer = Buffer.alloc(0);
  outputEnd = 0;
  closed = false;

  reserve(bytes: number): number {
    const grown = Buffer.alloc(this.outputEnd + bytes);
    this.output.copy(grown, 0, 0, this.outputEnd);
    this.output = grown;
    return this.outputEnd;
  }

  send(command: Command): void {
    const frame = encodeCommand(command);
    const at = this.reserve(frame.length);
    this.outputEnd = at + frame.copy(this.output, at);
  }

  get answers(): Command[] {
    const all: Command[] = [];
    for (let at = 0; at < this.outputEnd; ) {
      const end = at + 4 + this.output.readInt32BE(at);
      all.push(decodeCommand(this.output.subarray(at, end)));
      at = end;
    }
    return all;
  }
}

const RECORD_BYTES = 100;

/** The send that is number `opaque`, at its place in the log. */
function stored(client: Answered, opaque: number, fields: Partial<Stored> = {}): Stored {
  const keys = Buffer.from(`key ${opaque}`);
  return {
    connection: client,
    isBinary: opaque % 2 === 1,
    opaque,
    queueId: opaque % 4,
    queueOffset: opaque,
    logOffset: opaque * RECORD_BYTES,
    logEnd: (opaque + 1) * RECORD_BYTES,
    keys,
    keyStart: 0,
    keyBytes: keys.length,
    special: undefined,
    ...fields,
  };
}

type Step =
  | { readonly kind: 'push'; readonly client: number }
  | { readonly kind: 'release' | 'refuse'; readonly share: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), client: fc.nat(2) }) },
    fc.record({
      kind: fc.constantFrom('release' as const, 'refuse' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  ),
  { maxLength: 80 },
);

test('every send is answered once, accepted or refused, and in log order', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const ring = new Acknowledgements(answer, 64);
      const clients = [new Client(), new Client(), new Client()];
      const expected = clients.map((): [number, number][] => []);
      let waiting: [number, number][] = [];
      let next = 0;
      for (const step of all) {
        if (step.kind === 'push') {
          if (ring.isFull) continue;
          const client = clients[step.client];
          if (client === undefined) continue;
          ring.push(stored(client, next), 0);
          waiting.push([next++, step.client]);
          continue;
        }
        const cut = Math.min(waiting.length, Math.floor(step.share * (waiting.length + 1)));
        const at = (next - waiting.length + cut) * RECORD_BYTES;
        if (step.kind === 'release') {
          ring.release(at);
          for (const [opaque, client] of waiting.slice(0, cut)) expected[client]?.push([opaque, 0]);
          waiting = waiting.slice(cut);
        } else {
          ring.refuse(at, 'lost');
          for (const [opaque, client] of waiting.slice(cut)) expected[client]?.push([opaque, 14]);
          next -= waiting.length - cut;
          waiting = waiting.slice(0, cut);
        }
        expect(ring.waiting).toBe(waiting.length);
      }
      const got = clients.map(({ answers }) => answers.map(({ opaque, code }) => [opaque, code]));
      expect(got).toEqual(expected);
    }),
  );
});

test('a closed connection is answered nothing, and those behind it get theirs', () => {
  const ring = new Acknowledgements(answer, 8);
  const [gone, there] = [new Client(), new Client()];
  ring.push(stored(gone, 0), 0);
  ring.push(stored(there, 1), 0);
  gone.closed = true;
  ring.release(1000);
  expect(gone.outputEnd).toBe(0);
  expect(there.answers.map(({ opaque }) => opaque)).toEqual([1]);
});

test('what the disk did not take in time is answered as stored, with the code that says so', () => {
  const ring = new Acknowledgements(answer, 8);
  const client = new Client();
  ring.push(stored(client, 0), 1000);
  ring.push(stored(client, 1), 2000);
  ring.expire(2000);
  const [late] = client.answers;
  expect(client.answers).toHaveLength(1);
  expect(late).toMatchObject({ opaque: 0, code: 10 });
  expect(late?.fields['msgId']).toBe('7F00000100002A9F0000000000000000');
  ring.release(1000);
  expect(client.answers.map(({ opaque, code }) => [opaque, code])).toEqual([
    [0, 10],
    [1, 0],
  ]);
});

test('baked answers are the bytes that the general encoder makes', () => {
  const numbers = fc.record({
    opaque: fc.integer(),
    queueId: fc.nat(),
    queueOffset: fc.maxSafeNat(),
    logOffset: fc.maxSafeNat(),
    key: fc.stringMatching(/^[\w -]{0,64}$/),
    isBinary: fc.boolean(),
  });
  const hosts = fc.constantFrom(8, 20).map((bytes) => Buffer.alloc(bytes, 0xab));
  const regions = fc.stringMatching(/^[\w ]{0,127}$/);
  fc.assert(
    fc.property(numbers, hosts, regions, ({ key, isBinary, ...sent }, storeHost, region) => {
      const answer = new SendAnswer({ storeHost, region, traceOn: false });
      const keys = Buffer.from(key);
      expect(keys.length).toBeLessThanOrEqual(KEY_BYTES_MAX);
      const full = { ...sent, keys, keyStart: 0, keyBytes: keys.length };
      const output = Buffer.alloc(ANSWER_BYTES_MAX + 10);
      const end = answer.encode(output, 10, full, isBinary);
      const frame = output.subarray(10, end);
      expect(end - 10).toBeLessThanOrEqual(ANSWER_BYTES_MAX);
      const command = decodeCommand(frame);
      expect(command).toMatchObject({ code: 0, flag: 1, opaque: sent.opaque });
      expect(command.fields).toEqual(answer.fields(full));
      const general = encodeCommand(command);
      // Fields of binary headers have an order that the general encoder does not keep.
      expect(isBinary ? general.length : general.toString()).toBe(
        isBinary ? frame.length : frame.toString(),
      );
    }),
  );
});
