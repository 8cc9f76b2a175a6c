import { expect, test } from 'vitest';
import { sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { RateLimiter } from './rate-limit.ts';

const limit = { perSecond: 50, burst: 100 };

test('a burst goes at once, what comes after it one by one, in its order', () =>
  simulated(1, async ({ clock }) => {
    const limiter = new RateLimiter(clock, limit);
    const went: number[] = [];
    let burstMs = Number.NaN;
    const all = Array.from({ length: 200 }, async (_, index) => {
      await limiter.take(false);
      went.push(index);
      if (index === 99) burstMs = clock.monotonicMs();
    });
    await Promise.all(all);
    expect(burstMs).toBeLessThan(1);
    expect(went).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(1_990);
    expect(clock.monotonicMs()).toBeLessThan(2_200);
  }));

test('what is urgent never waits, and the others pay for it', () =>
  simulated(1, async ({ clock }) => {
    const limiter = new RateLimiter(clock, { perSecond: 10, burst: 1 });
    await limiter.take(false);
    const startMs = clock.monotonicMs();
    for (let calls = 0; calls < 10; calls++) await limiter.take(true);
    expect(clock.monotonicMs()).toBe(startMs);
    await limiter.take(false);
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(1_090);
  }));

test('rest is saved up to a burst and no further', () =>
  simulated(1, async ({ clock }) => {
    const limiter = new RateLimiter(clock, { perSecond: 10, burst: 2 });
    await sleep(clock, 60_000);
    const startMs = clock.monotonicMs();
    for (let calls = 0; calls < 3; calls++) await limiter.take(false);
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(99);
  }));

test('whoever has given up does not use up what others wait for', () =>
  simulated(1, async ({ clock }) => {
    const limiter = new RateLimiter(clock, { perSecond: 1, burst: 1 });
    await limiter.take(false);
    const gone = AbortSignal.abort();
    const startMs = clock.monotonicMs();
    await Promise.all([limiter.take(false, gone), limiter.take(false, gone), limiter.take(false)]);
    expect(clock.monotonicMs() - startMs).toBeLessThan(1_100);
  }));
