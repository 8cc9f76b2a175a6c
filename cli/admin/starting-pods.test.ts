import { expect, test } from 'vitest';
import { simulated } from '../../simulation/mod.ts';
import { untilStarted } from './starting-pods.ts';

const asked = { addresses: ['127.0.0.1:9876'], state: '/there/is/none' };

/** How long it takes, and what is said, when pods start for `startMs`. */
const waited = (startMs: number) =>
  simulated(1, async ({ clock }) => {
    const begunMs = clock.monotonicMs();
    const said = new Set<string>();
    await untilStarted(asked, {
      clock,
      wait: (text) => said.add(text),
      starting: () =>
        Promise.resolve(clock.monotonicMs() < begunMs + startMs ? ['shop-a-0', 'shop-b-0'] : []),
    });
    return { ms: clock.monotonicMs() - begunMs, said: [...said] };
  });

test('where nothing starts, nothing is waited for', async () => {
  expect(await waited(0)).toEqual({ ms: 0, said: [] });
  await simulated(1, ({ clock }) => untilStarted(asked, { clock, wait: () => expect.fail() }));
});

test('what starts is waited for by name, and no longer than it takes', async () => {
  const { ms, said } = await waited(420);
  expect(said).toEqual(['Waiting for shop-a-0, shop-b-0']);
  expect(ms).toBeGreaterThanOrEqual(420);
  expect(ms).toBeLessThan(520);
});

test('what does not come up in three seconds is not waited for', async () => {
  const { ms } = await waited(60_000);
  expect(ms).toBeGreaterThanOrEqual(3000);
  expect(ms).toBeLessThan(3100);
});
