import { expect, test } from 'vitest';
import { replay, seeds, slices } from './seeds.ts';
import { type Outcome, type Plan, sendAndCrash } from './send-and-crash.ts';
import type { Trouble } from './trouble.ts';

/** Everything that may go wrong with a machine and its network. */
const anything: readonly Trouble[] = [
  'kill',
  'reset',
  'full disk',
  'slow disk',
  'pause',
  'partition',
];
const durable = { flush: 'SYNC_FLUSH', always: ['power cut'], sometimes: anything } as const;
const processDies = { flush: 'ASYNC_FLUSH', always: ['kill'], sometimes: anything } as const;

/** Runs the slice; says which promises were broken and how to see it again. */
async function judge(slice: readonly number[], plan: Omit<Plan, 'seed'>) {
  const complaints: string[] = [];
  const total = { acknowledged: 0, seen: 0, happened: new Set<Trouble>() };
  for (const seed of slice) {
    const outcome = await sendAndCrash({ ...plan, seed });
    total.acknowledged += outcome.acknowledged;
    total.seen += outcome.seen;
    for (const kind of outcome.happened) total.happened.add(kind);
    if (outcome.broken.length > 0) complaints.push(complaint(seed, outcome));
  }
  return { complaints, ...total };
}

function complaint(seed: number, { broken, lines }: Outcome): string {
  return [...broken.slice(0, 5), replay(seed), ...lines.slice(-30)].join('\n');
}

test.each(slices(500, 25))(
  'seeds %s: no acknowledged sync-flushed message is lost, whatever happens to the machine',
  async (_, slice) => {
    const { complaints, acknowledged, seen } = await judge(slice, durable);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(slice.length);
    expect(seen).toBeGreaterThan(0);
  },
);

test.each(slices(50, 25))(
  'seeds %s: an async-flushed message survives the death of the process',
  async (_, slice) => {
    const { complaints, acknowledged } = await judge(slice, processDies);
    expect(complaints).toEqual([]);
    expect(acknowledged).toBeGreaterThan(slice.length);
  },
);

test('every kind of trouble is met', async () => {
  const { happened } = await judge(
    Array.from({ length: 20 }, (_, index) => index + 1),
    durable,
  );
  expect(happened).toEqual(new Set(['power cut', ...anything]));
});

test('one seed, one history', async () => {
  for (const seed of seeds(3).slice(0, 3)) {
    const first = await sendAndCrash({ ...durable, seed });
    const second = await sendAndCrash({ ...durable, seed });
    expect(second.fingerprint).toBe(first.fingerprint);
  }
});

test('the checker can tell: a disk that does not sync loses messages', async () => {
  const { complaints } = await judge([1, 2, 3], { ...durable, syncsNothing: true });
  expect(complaints).not.toEqual([]);
});

test('the checker can tell: a power cut takes async-flushed messages', async () => {
  const plan = { ...durable, flush: 'ASYNC_FLUSH' } as const;
  const { complaints } = await judge([1, 2, 3, 4, 5, 6], plan);
  expect(complaints).not.toEqual([]);
});
