import { expect, test } from 'vitest';
import type { Clock } from '../runtime/mod.ts';
import { type Flushable, Turn, type TurnHooks } from './turn.ts';

/** Ends of turns when the test says so. */
class Ends implements Pick<Clock, 'endOfTurn'> {
  asked: (() => void)[] = [];

  endOfTurn(run: () => void): void {
    this.asked.push(run);
  }

  /** Runs the ends that were asked for; says how many. */
  run(): number {
    const asked = this.asked.splice(0);
    for (const run of asked) run();
    return asked.length;
  }
}

function turnOf(ends: Ends, hooks: TurnHooks): Turn {
  return new Turn(ends as unknown as Clock, hooks);
}

function outbox(name: string, steps: string[]): Flushable {
  return {
    flush: () => steps.push(`write ${name}`),
    readOn: () => steps.push(`read ${name}`),
  };
}

test('answers leave before the rest of the work, and what that wakes leaves in the same turn', () => {
  const ends = new Ends();
  const steps: string[] = [];
  const turn = turnOf(ends, {
    beforeAnswers: () => {
      steps.push('before');
      turn.mark(outbox('sender', steps));
    },
    afterAnswers: () => {
      steps.push('after');
      turn.mark(outbox('consumer', steps));
    },
  });
  turn.schedule();
  expect(ends.run()).toBe(1);
  expect(steps).toEqual(['before', 'write sender', 'after', 'write consumer']);
  expect(ends.run()).toBe(0);
});

test('what is asked for while a turn ends gets a turn of its own', () => {
  const ends = new Ends();
  const steps: string[] = [];
  let asks = 1;
  const turn = turnOf(ends, {
    afterAnswers: () => {
      if (asks-- > 0) turn.readOn(outbox('input', steps));
    },
  });
  turn.schedule();
  ends.run();
  expect(steps).toEqual([]);
  expect(ends.run()).toBe(1);
  expect(steps).toEqual(['read input']);
});
