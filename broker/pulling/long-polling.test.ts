import { expect, test } from 'vitest';
import type { Clock } from '../../runtime/mod.ts';
import { HeldPull, LongPolling, type PolledQueue } from './long-polling.ts';

class Pull extends HeldPull {
  isAbandoned = false;
  finds = false;
  readonly told: string[] = [];

  attempt(): boolean {
    if (this.finds) this.told.push('messages');
    return this.finds;
  }

  giveUp(): void {
    this.told.push('nothing');
  }
}

/** A clock whose one periodic timer runs as time is moved. */
function polling(heldMax = 10) {
  let now = 1000;
  const timers = new Set<() => void>();
  const clock = {
    monotonicMs: () => now,
    every: (_periodMs: number, run: () => void) => {
      timers.add(run);
      return { cancel: () => timers.delete(run) };
    },
  } as unknown as Clock;
  const pass = (ms: number): void => {
    for (const end = now + ms; now < end; ) {
      now = Math.min(end, now + 100);
      for (const run of timers) run();
    }
  };
  return { polls: new LongPolling(clock, heldMax), pass, timers, after: (ms: number) => now + ms };
}

const queue = (): PolledQueue => ({ waiters: undefined });

test('an arrival answers the pulls of its queue that want what came, once', () => {
  const { polls, after } = polling();
  const grown = queue();
  const wanting = new Pull(grown, after(5000));
  wanting.finds = true;
  const picky = new Pull(grown, after(5000));
  const elsewhere = new Pull(queue(), after(5000));
  for (const pull of [wanting, picky, elsewhere]) expect(polls.hold(pull)).toBe(true);
  polls.onArrival(grown);
  polls.onArrival(grown);
  expect(wanting.told).toEqual(['messages']);
  expect(picky.told).toEqual([]);
  expect(elsewhere.told).toEqual([]);
  expect(polls.held).toBe(2);
});

test('a pull is told that there is nothing when its time is up, not before, and once', () => {
  const { polls, pass, after } = polling();
  const pull = new Pull(queue(), after(5000));
  polls.hold(pull);
  pass(4900);
  expect(pull.told).toEqual([]);
  pass(200);
  expect(pull.told).toEqual(['nothing']);
  pass(120_000);
  expect(pull.told).toEqual(['nothing']);
  expect(polls.held).toBe(0);
});

test('a wait longer than the wheel ends at its deadline', () => {
  const { polls, pass, after } = polling();
  const pull = new Pull(queue(), after(130_000));
  polls.hold(pull);
  pass(129_900);
  expect(pull.told).toEqual([]);
  pass(200);
  expect(pull.told).toEqual(['nothing']);
});

test('no more pulls are held than allowed', () => {
  const { polls, after } = polling(1);
  expect(polls.hold(new Pull(queue(), after(5000)))).toBe(true);
  expect(polls.hold(new Pull(queue(), after(5000)))).toBe(false);
});

test('a pull whose client is gone is dropped without an answer', () => {
  const { polls, pass, after } = polling();
  const grown = queue();
  const gone = new Pull(grown, after(1000));
  const goneToo = new Pull(queue(), after(1000));
  polls.hold(gone);
  polls.hold(goneToo);
  gone.isAbandoned = true;
  goneToo.isAbandoned = true;
  polls.onArrival(grown);
  pass(1100);
  expect([...gone.told, ...goneToo.told]).toEqual([]);
  expect(polls.held).toBe(0);
});

test('there is a timer only while somebody waits', () => {
  const { polls, pass, timers, after } = polling();
  expect(timers.size).toBe(0);
  polls.hold(new Pull(queue(), after(1000)));
  expect(timers.size).toBe(1);
  pass(1200);
  expect(timers.size).toBe(0);
});

test('a stop answers everybody', () => {
  const { polls, timers, after } = polling();
  const pulls = [1, 2, 3].map((seconds) => new Pull(queue(), after(1000 * seconds)));
  for (const pull of pulls) polls.hold(pull);
  polls.giveUpAll();
  expect(pulls.map(({ told }) => told)).toEqual([['nothing'], ['nothing'], ['nothing']]);
  expect(timers.size).toBe(0);
});

test('a pull that comes after the stop began is not held', () => {
  const { polls, after } = polling();
  polls.giveUpAll();
  expect(polls.hold(new Pull(queue(), after(5000)))).toBe(false);
  expect(polls.held).toBe(0);
});
