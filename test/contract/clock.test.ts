import { describe, expect, test } from 'vitest';
import { type Clock, sleep } from '../../runtime/mod.ts';
import { worlds } from './worlds.ts';

describe.each(worlds)('the %s clock', (_name, inWorld) => {
  test('calls back after the delay, not before, and in the order of the delays', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const startMs = clock.monotonicMs();
      const seen: number[] = [];
      clock.after(12, () => seen.push(12));
      clock.after(4, () => seen.push(4));
      await sleep(clock, 20);
      expect(seen).toEqual([4, 12]);
      // The machine's timers count in whole milliseconds of their own.
      expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(19);
    }));

  test('a delay beyond what a timer can hold does not run at once', () =>
    inWorld(async ({ runtime: { clock } }) => {
      let hasRun = false;
      const timer = clock.after(2 ** 40, () => {
        hasRun = true;
      });
      await sleep(clock, 5);
      expect(hasRun).toBe(false);
      timer.cancel();
    }));

  test('a cancelled timer never runs, however often it is cancelled', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const seen: string[] = [];
      const once = clock.after(2, () => seen.push('once'));
      const often = clock.every(2, () => seen.push('often'));
      once.cancel();
      once.cancel();
      often.cancel();
      await sleep(clock, 8);
      expect(seen).toEqual([]);
    }));

  test('a period repeats, first after one period, until it is cancelled from within', () =>
    inWorld(async ({ runtime: { clock } }) => {
      let count = 0;
      const timer = clock.every(2, () => {
        if (++count === 3) timer.cancel();
      });
      expect(count).toBe(0);
      await sleep(clock, 25);
      expect(count).toBe(3);
    }));

  test('the monotonic clock does not step back, the wall clock tells whole milliseconds', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const before = clock.monotonicMs();
      await sleep(clock, 1);
      expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
      expect(Number.isInteger(clock.wallMs())).toBe(true);
      expect(clock.wallMs()).toBeGreaterThan(Date.UTC(2025, 0));
    }));

  test('a sleep that is aborted rejects with the reason', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const controller = new AbortController();
      clock.after(1, () => controller.abort(new Error('enough')));
      await expect(sleep(clock, 3_000, controller.signal)).rejects.toThrow('enough');
    }));

  test('the end of a turn comes after the promises of the turn, in the order it was asked for', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const seen: string[] = [];
      clock.endOfTurn(() => seen.push('first'));
      clock.endOfTurn(() => seen.push('second'));
      void Promise.resolve().then(() => seen.push('promise'));
      seen.push('now');
      await turns(clock, 1);
      expect(seen).toEqual(['now', 'promise', 'first', 'second']);
    }));

  test('what is asked for at the end of a turn runs at the end of the next', () =>
    inWorld(async ({ runtime: { clock } }) => {
      const seen: string[] = [];
      clock.endOfTurn(() => {
        clock.endOfTurn(() => seen.push('next turn'));
      });
      clock.endOfTurn(() => seen.push('this turn'));
      await turns(clock, 2);
      expect(seen).toEqual(['this turn', 'next turn']);
    }));
});

async function turns(clock: Clock, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => {
      clock.endOfTurn(resolve);
    });
  }
}
