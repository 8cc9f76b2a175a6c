import { expect, test } from 'vitest';
import { sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { BackPressure } from './back-pressure.ts';

test('work begins as calls end, in the order it came', () =>
  simulated(1, async ({ clock }) => {
    const pressure = new BackPressure(clock);
    const calls = Array.from({ length: 10 }, () => pressure.callBegins());
    const begun: number[] = [];
    for (const work of [0, 1, 2]) void pressure.room().then(() => begun.push(work));
    await sleep(clock, 1_000);
    expect(begun).toEqual([]);
    for (const call of calls.slice(0, 3)) pressure.callEnds(call);
    await sleep(clock, 1);
    expect(begun).toEqual([0]);
    for (const call of calls.slice(3, 4)) pressure.callEnds(call);
    await sleep(clock, 1);
    expect(begun).toEqual([0, 1]);
  }));

test('what has begun just now counts as a call, for it is about to be one', () =>
  simulated(1, async ({ clock }) => {
    const pressure = new BackPressure(clock);
    let begun = 0;
    for (let work = 0; work < 20; work++) void pressure.room().then(() => begun++);
    await sleep(clock, 1);
    expect(begun).toBe(8);
    await sleep(clock, 30);
    expect(begun).toBe(16);
  }));

test('calls that hang hold up nobody for long, and others still give each other room', () =>
  simulated(1, async ({ clock }) => {
    const pressure = new BackPressure(clock);
    for (let call = 0; call < 100; call++) pressure.callBegins();
    await pressure.room();
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2_000);
    expect(clock.monotonicMs()).toBeLessThan(2_100);
    const calls = Array.from({ length: 8 }, () => pressure.callBegins());
    let hasBegun = false;
    void pressure.room().then(() => {
      hasBegun = true;
    });
    await sleep(clock, 1_000);
    expect(hasBegun).toBe(false);
    for (const call of calls) pressure.callEnds(call);
    await sleep(clock, 1);
    expect(hasBegun).toBe(true);
  }));
