import { expect, test } from 'vitest';
import { tripwire } from './tripwire.ts';

test('ambient time, randomness and timers throw while the tripwire is set, and work again after', () => {
  const before = Date.now();
  {
    using _ = tripwire();
    const uses: (() => unknown)[] = [
      () => Date.now(),
      () => Math.random(),
      () => performance.now(),
      () => setTimeout(() => undefined, 1),
      () => setInterval(() => undefined, 1),
      () => setImmediate(() => undefined),
      () => crypto.randomUUID(),
      () => crypto.getRandomValues(new Uint8Array(1)),
    ];
    for (const use of uses) expect(use).toThrow('take it from the Runtime');
  }
  expect(Date.now()).toBeGreaterThanOrEqual(before);
  expect(Math.random()).toBeLessThan(1);
  expect(performance.now()).toBeGreaterThan(0);
  expect(crypto.randomUUID()).toHaveLength(36);
  clearTimeout(setTimeout(() => undefined, 1));
});
