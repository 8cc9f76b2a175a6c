import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../runtime/mod.ts';
import { Outbox } from './outbox.ts';
import { Turn } from './turn.ts';

const HERE = { host: '127.0.0.1', port: 1 };

/** Sends at once, or keeps what is lent until it is told to let it go: as a socket does. */
class Wire implements Connection {
  readonly local = HERE;
  readonly remote = HERE;
  readonly sent: Buffer[] = [];
  writes = 0;
  isSlow = false;
  #lent: Buffer[] = [];

  get unsentBytes(): number {
    return this.#lent.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Buffer): boolean {
    return this.writeAll([bytes]);
  }

  writeAll(buffers: readonly Buffer[]): boolean {
    this.writes++;
    this.#lent.push(...buffers);
    if (!this.isSlow) this.drain();
    return !this.isSlow;
  }

  /** What is lent leaves as it is by now: whoever wrote to it meanwhile has spoilt it. */
  drain(): void {
    this.sent.push(...this.#lent.map((bytes) => Buffer.from(bytes)));
    this.#lent = [];
  }

  pause(): void {}
  resume(): void {}
  close(): void {}
  destroy(): void {}
}

class Box extends Outbox {
  readonly wire: Wire;
  isDead = false;
  emptyings = 0;

  constructor(wire: Wire, turn: Turn) {
    super(wire, turn);
    this.wire = wire;
  }

  readOn(): void {}

  protected emptied(): void {
    this.emptyings++;
  }

  put(bytes: Buffer): void {
    const position = this.reserve(bytes.length);
    bytes.copy(this.output, position);
    this.outputEnd = position + bytes.length;
  }

  drain(): void {
    this.wire.drain();
    this.drained();
  }

  end(): void {
    this.isDead = true;
    this.discard();
  }

  trim(): void {
    this.trimOutput();
  }
}

/** An outbox, and the end of a turn as a function. */
function outbox(beforeAnswers?: () => void) {
  const ends: (() => void)[] = [];
  const never = { cancel: () => undefined };
  const clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    after: () => never,
    every: () => never,
    endOfTurn: (run: () => void) => void ends.push(run),
  };
  const box = new Box(new Wire(), new Turn(clock, { beforeAnswers }));
  const endTurn = (): void => {
    for (const run of ends.splice(0)) run();
  };
  return { box, endTurn };
}

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put'), bytes: fc.nat({ max: 9000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lend'), bytes: fc.nat({ max: 9000 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turn'), bytes: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slow'), bytes: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drain'), bytes: fc.nat({ max: 1 }) }) },
);

describe('Outbox', () => {
  test('sends what was put and lent in order and unspoilt, however slowly it leaves', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const { box, endTurn } = outbox();
        const expected: Buffer[] = [];
        let lent = 0;
        let returned = 0;
        for (const [index, { kind, bytes }] of steps.entries()) {
          const content = Buffer.alloc(bytes, (index % 250) + 1);
          if (kind === 'put') box.put(content);
          // Its owner overwrites a lent buffer as soon as it has it back.
          const takeBack = (): void => {
            content.fill(0);
            returned++;
          };
          if (kind === 'lend') box.lend([content], takeBack);
          if (kind === 'put' || kind === 'lend') expected.push(Buffer.from(content));
          if (kind === 'lend') lent++;
          if (kind === 'turn') endTurn();
          if (kind === 'slow') box.wire.isSlow = !box.wire.isSlow;
          if (kind === 'drain') box.drain();
        }
        endTurn();
        box.drain();
        expect(Buffer.concat(box.wire.sent).equals(Buffer.concat(expected))).toBe(true);
        expect(returned).toBe(lent);
        expect(box.waitingBytes).toBe(0);
      }),
    );
  });

  test('writes once a turn, after what is to happen before answers', () => {
    const order: string[] = [];
    const { box, endTurn } = outbox(() => order.push('before'));
    box.put(Buffer.from('a'));
    box.put(Buffer.from('b'));
    expect(box.wire.writes).toBe(0);
    endTurn();
    order.push(`${box.wire.writes} write`);
    expect(order).toEqual(['before', '1 write']);
  });

  test('uses its buffer again once it has left, and another one while it has not', () => {
    const { box, endTurn } = outbox();
    box.put(Buffer.from('a'));
    const first = box.output;
    endTurn();
    box.put(Buffer.from('b'));
    expect(box.output).toBe(first);
    box.wire.isSlow = true;
    endTurn();
    box.put(Buffer.from('c'));
    expect(box.output).not.toBe(first);
  });

  test('gives lent buffers back when the connection ends before they left', () => {
    const { box, endTurn } = outbox();
    const returned: string[] = [];
    box.wire.isSlow = true;
    box.lend([Buffer.from('a')], () => returned.push('written'));
    endTurn();
    box.lend([Buffer.from('b')], () => returned.push('waiting'));
    expect(returned).toEqual([]);
    box.end();
    expect(returned.toSorted()).toEqual(['waiting', 'written']);
    endTurn();
    expect(box.wire.writes).toBe(1);
  });

  test('holds no memory before its first answer and after it was trimmed', () => {
    const { box, endTurn } = outbox();
    expect(box.output.length).toBe(0);
    box.put(Buffer.from('a'));
    box.trim();
    expect(box.output.length).toBeGreaterThan(0);
    endTurn();
    box.trim();
    expect(box.output.length).toBe(0);
  });

  test('counts what waits: put, lent and written but not gone', () => {
    const { box, endTurn } = outbox();
    box.wire.isSlow = true;
    box.put(Buffer.alloc(10));
    box.lend([Buffer.alloc(20)]);
    box.put(Buffer.alloc(5));
    expect(box.waitingBytes).toBe(35);
    endTurn();
    expect(box.waitingBytes).toBe(35);
    box.drain();
    expect(box.waitingBytes).toBe(0);
  });
});
