import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TopicContents, TopicSettings } from '../access/mod.ts';
import { type LeavingBroker, type LeavingFacts, planLeaving } from './leaving.ts';

const wanted: TopicSettings = {
  topic: 'orders',
  readQueues: 1,
  writeQueues: 1,
  perm: 6,
  order: false,
  attributes: {},
};
const NOW = Date.parse('2026-01-01T01:00:00Z');
const LONG_AGO = '2026-01-01T00:00:00Z';

const broker = (perm: number, changes: Partial<LeavingBroker> = {}): LeavingBroker => ({
  group: 'a',
  address: 'a:10911',
  isServing: true,
  found: { ...wanted, perm },
  ...changes,
});

/** One queue with messages `[0, max)`, and how far each group is. */
const contents = (max: number, offsets: Record<string, number> = {}): TopicContents => ({
  topic: 'orders',
  kind: 'user',
  queues: [
    {
      queueId: 0,
      offsetMin: 0,
      offsetMax: max,
      consumerOffsets: new Map(Object.entries(offsets)),
    },
  ],
});

const plan = (changes: Partial<LeavingFacts>) =>
  planLeaving({
    deletionPolicy: 'Delete',
    wanted,
    brokers: [broker(4)],
    contents: new Map([['a', contents(5, { billing: 5 })]]),
    before: [{ name: 'a', step: 'Reading', since: LONG_AGO }],
    nowMs: NOW,
    ...changes,
  });

/** Permissions that are set, and `removed`. */
const done = (changes: Partial<LeavingFacts>) =>
  plan(changes).actions.map((action) => {
    return action.kind === 'Put' ? action.settings.perm : action.kind;
  });

describe('a topic with deletionPolicy Delete', () => {
  test('is closed for writing first, and read on, whatever clients may do with it', () => {
    for (const perm of [6, 2, 7, 0]) {
      expect(done({ brokers: [broker(perm)], before: [] })).toEqual([4]);
    }
    expect(plan({ brokers: [broker(6)], before: [] }).status).toEqual([
      { name: 'a', step: 'Reading', since: '2026-01-01T01:00:00Z' },
    ]);
  });

  test('is closed altogether when it has been closed for a minute and all of it is read', () => {
    expect(done({})).toEqual([0]);
    expect(plan({}).status).toMatchObject([{ step: 'Removing' }]);
    expect(
      done({ before: [{ name: 'a', step: 'Reading', since: '2026-01-01T00:59:30Z' }] }),
    ).toEqual([]);
    // Nobody knows since when.
    expect(done({ before: [] })).toEqual([]);
    expect(done({ before: [{ name: 'a', step: 'Reading', since: 'soon' }] })).toEqual([]);
  });

  test('is removed only then, and what opens it meanwhile begins it anew', () => {
    const before = [{ name: 'a', step: 'Removing', since: LONG_AGO }] as const;
    expect(done({ before, brokers: [broker(4)] })).toEqual([0]);
    expect(done({ before, brokers: [broker(0)] })).toEqual(['Remove']);
    expect(done({ before, brokers: [broker(6)] })).toEqual([4]);
    expect(plan({ before, brokers: [broker(6)] }).status).toMatchObject([{ step: 'Reading' }]);
    const gone = plan({ before, brokers: [broker(0, { found: 'none' })] });
    expect(gone).toEqual({ actions: [], status: [], released: [], removed: ['a'] });
  });

  test.each<[string, Partial<LeavingFacts>, string]>([
    [
      'a group that has not read all of it',
      { contents: new Map([['a', contents(5, { billing: 3 })]]) },
      'billing has 2 messages to read in queue 0 of a',
    ],
    [
      'a group that reads it elsewhere',
      {
        contents: new Map([
          ['a', contents(5, { billing: 5 })],
          ['b', contents(1, { audit: 0 })],
        ]),
      },
      'audit has 5 messages to read in queue 0 of a',
    ],
    [
      'messages that nobody has read',
      { contents: new Map([['a', contents(5)]]) },
      'nobody has read the 5 messages in queue 0 of a',
    ],
    [
      'a broker that may know of another group',
      {
        contents: new Map([
          ['a', contents(5, { billing: 5 })],
          ['b', undefined],
        ]),
      },
      'b does not say who reads the topic',
    ],
    [
      'its broker, which does not say what is there',
      { contents: new Map([['a', undefined]]) },
      'a does not say what is in its queues',
    ],
    [
      'its broker, which is silent',
      { brokers: [broker(4, { found: undefined })] },
      'a does not answer',
    ],
    [
      'its broker, which goes itself',
      { brokers: [broker(4, { isServing: false })] },
      'a does not serve',
    ],
  ])('waits for %s, and says so', (_what, changes, blocker) => {
    expect(plan(changes)).toMatchObject({
      actions: [],
      status: [{ step: 'Reading', since: LONG_AGO, blockers: [blocker] }],
      removed: [],
    });
  });
});

describe('a topic with deletionPolicy Retain', () => {
  const deletionPolicy = 'Retain';

  test('stays as it is, and is not ours any more', () => {
    const kept = plan({ deletionPolicy, brokers: [broker(6)], before: [] });
    expect(kept).toEqual({ actions: [], status: [], released: ['a'], removed: [] });
  });

  test('that was closed to be removed is opened again first', () => {
    expect(done({ deletionPolicy })).toEqual([6]);
    expect(plan({ deletionPolicy })).toMatchObject({ released: [], status: [{ name: 'a' }] });
    expect(plan({ deletionPolicy, brokers: [broker(6)] })).toMatchObject({
      status: [],
      released: ['a'],
    });
  });
});

/** What may happen to a broker between two looks. */
type Event =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'write' | 'silence' | 'answer' | 'forget' | 'open' }
  | { readonly kind: 'read'; readonly group: 'billing' | 'audit'; readonly count: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat(90_000) }) },
  { weight: 3, arbitrary: fc.constantFrom('write' as const).map((kind) => ({ kind })) },
  fc
    .constantFrom('silence' as const, 'answer' as const, 'forget' as const, 'open' as const)
    .map((kind) => ({ kind })),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read'),
      group: fc.constantFrom('billing' as const, 'audit' as const),
      count: fc.nat(6),
    }),
  },
);

/** A broker with one queue, producers whose routes are half a minute old, and two groups. */
class Broker {
  nowMs = NOW;
  /** Undefined: the topic has gone. */
  perm: number | undefined = 6;
  max = 3;
  readonly offsets: Record<string, number> = { billing: 0, audit: 0 };
  isSilent = false;
  before: LeavingFacts['before'] = [];
  /** What was in it when it was removed, and not read. */
  lost = 0;
  #openUntilMs = NOW;

  happen(what: Event): void {
    switch (what.kind) {
      case 'pass':
        this.nowMs += what.ms;
        break;
      case 'silence':
      case 'answer':
        this.isSilent = what.kind === 'silence';
        break;
      // The operator died before it wrote the status.
      case 'forget':
        this.before = [];
        break;
      case 'open':
        if (this.perm !== undefined) this.perm = 6;
        break;
      case 'write':
        if (this.perm !== undefined && this.nowMs <= this.#openUntilMs) this.max++;
        break;
      case 'read':
        this.#read(what.group, what.count);
    }
    this.#noteRoute();
  }

  look(): void {
    const there = this.perm === undefined ? ('none' as const) : { ...wanted, perm: this.perm };
    const found = this.isSilent ? undefined : there;
    const stored = this.isSilent ? undefined : contents(this.max, this.offsets);
    const { actions, status } = plan({
      brokers: [broker(0, { found })],
      contents: new Map([['a', stored]]),
      before: this.before,
      nowMs: this.nowMs,
    });
    for (const action of actions) {
      if (action.kind === 'Put') this.perm = action.settings.perm;
      else this.#remove();
    }
    this.#noteRoute();
    this.before = status;
  }

  #remove(): void {
    this.perm = undefined;
    for (const offset of Object.values(this.offsets)) this.lost += this.max - offset;
  }

  #read(group: string, count: number): void {
    if (((this.perm ?? 0) & 4) === 0) return;
    this.offsets[group] = Math.min(this.max, (this.offsets[group] ?? 0) + count);
  }

  #noteRoute(): void {
    if (((this.perm ?? 0) & 2) !== 0) this.#openUntilMs = this.nowMs + 30_000;
  }
}

test('whatever happens, no message is removed that a group has yet to read, and in the end it goes', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const one = new Broker();
      for (const what of events) {
        one.happen(what);
        one.look();
      }
      one.isSilent = false;
      for (let round = 0; round < 5; round++) {
        one.happen({ kind: 'pass', ms: 61_000 });
        for (const group of ['billing', 'audit'] as const) {
          one.happen({ kind: 'read', group, count: 100 });
        }
        one.look();
      }
      expect(one).toMatchObject({ perm: undefined, before: [], lost: 0 });
    }),
    { numRuns: 300 },
  );
});

test('the property can tell: what is removed unread is lost', () => {
  const one = new Broker();
  one.perm = 0;
  one.before = [{ name: 'a', step: 'Removing', since: LONG_AGO }];
  one.look();
  expect(one.lost).toBeGreaterThan(0);
});
