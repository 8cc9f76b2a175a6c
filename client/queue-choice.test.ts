import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulated } from '../simulation/mod.ts';
import { QueueChoice } from './queue-choice.ts';

const names = ['a', 'b', 'c'];
const queues = names.flatMap((brokerName) =>
  [0, 1].map((queueId) => ({ topic: 'T', brokerName, queueId })),
);
const sets = fc.array(fc.subarray(names), { maxLength: 3 });

test('a queue is outside as many of the sets, from the first on, as any queue is', () =>
  simulated(1, async ({ random }) => {
    await Promise.resolve();
    const choice = new QueueChoice(random);
    fc.assert(
      fc.property(sets, (lists) => {
        const avoided = lists.map((list) => new Set(list));
        const outside = (brokerName: string): number => {
          const first = avoided.findIndex((set) => set.has(brokerName));
          return first === -1 ? avoided.length : first;
        };
        const chosen = choice.choose(queues, ...avoided);
        expect(outside(chosen?.brokerName ?? '')).toBe(Math.max(...names.map(outside)));
      }),
    );
  }));

test('each queue has its turn, and without queues there is none', () =>
  simulated(2, async ({ random }) => {
    await Promise.resolve();
    const choice = new QueueChoice(random);
    const chosen = queues.map(() => choice.choose(queues));
    expect(new Set(chosen)).toEqual(new Set(queues));
    expect(choice.choose([])).toBeUndefined();
  }));
