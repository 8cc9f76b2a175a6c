import { expect, test } from 'vitest';
import { replay, seeds, slices } from './seeds.ts';
import { type StoreOutcome, type StorePlan, storeAndCrash } from './store-and-crash.ts';
import type { Trouble } from './trouble.ts';

const anything: readonly Trouble[] = ['kill', 'full disk', 'slow disk', 'pause'];
/** A sync that fails ends the process; the next one must not trust what it can read. */
const failing: readonly Trouble[] = ['power cut', 'failing syncs'];
const durable = { flushMode: 'SYNC_FLUSH', always: ['power cut'], sometimes: anything } as const;
const processDies = { flushMode: 'ASYNC_FLUSH', always: ['kill'], sometimes: anything } as const;

/** Runs the slice; says which promises were broken and how to see it again. */
async function judge(slice: readonly number[], plan: Omit<StorePlan, 'seed'>) {
  const complaints: string[] = [];
  let [confirmed, starts] = [0, 0];
  for (const seed of slice) {
    const outcome = await storeAndCrash({ ...plan, seed });
    confirmed += outcome.confirmed;
    starts += outcome.starts;
    if (outcome.broken.length > 0) complaints.push(complaint(seed, outcome));
  }
  return { complaints, confirmed, starts };
}

function complaint(seed: number, { broken, lines }: StoreOutcome): string {
  return [...broken.slice(0, 5), replay(seed), ...lines.slice(-30)].join('\n');
}

test.each(slices(100, 25))(
  'seeds %s: what a store confirmed after a sync is there at every later start',
  async (_, slice) => {
    const { complaints, confirmed, starts } = await judge(slice, durable);
    expect(complaints).toEqual([]);
    expect(confirmed).toBeGreaterThan(slice.length);
    expect(starts).toBeGreaterThan(slice.length);
  },
);

test.each(slices(100, 25))(
  'seeds %s: what a store confirmed is there although syncs failed before',
  async (_, slice) => {
    const plan = { ...durable, always: failing };
    const { complaints, confirmed, starts } = await judge(slice, plan);
    expect(complaints).toEqual([]);
    expect(confirmed).toBeGreaterThan(slice.length);
    expect(starts).toBeGreaterThan(slice.length);
  },
);

test.each(slices(50, 25))(
  'seeds %s: what a store confirmed after a write survives the process',
  async (_, slice) => {
    const { complaints, confirmed } = await judge(slice, processDies);
    expect(complaints).toEqual([]);
    expect(confirmed).toBeGreaterThan(slice.length);
  },
);

test('one seed, one history', async () => {
  for (const seed of seeds(3).slice(0, 3)) {
    const first = await storeAndCrash({ ...durable, seed });
    const second = await storeAndCrash({ ...durable, seed });
    expect(second.fingerprint).toBe(first.fingerprint);
  }
});

test('the checker can tell: a disk that does not sync loses messages', async () => {
  const { complaints } = await judge([1, 2, 3], { ...durable, syncsNothing: true });
  expect(complaints).not.toEqual([]);
});
