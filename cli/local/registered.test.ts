import { expect, test } from 'vitest';
import { REGISTER_WAIT_MS, registerSeconds, unregistered } from './registered.ts';

/** A name server that a broker registers with each time it was asked; time only counts. */
function world(...arrivals: readonly string[]) {
  const waits: number[] = [];
  const there: string[] = [];
  let asked = 0;
  return {
    waits,
    known: async () => {
      if (asked > 0) there.push(...arrivals.slice(asked - 1, asked));
      asked++;
      return there;
    },
    wait: async (ms: number) => waits.push(ms),
  };
}

test('the name server is waited for until every broker that serves has registered', async () => {
  const { waits, ...fakes } = world('other:1', 'a:1', 'b:1');
  expect(await unregistered({ brokers: ['a:1', 'b:1'], ...fakes })).toEqual([]);
  expect(waits).toHaveLength(3);
});

test('without brokers nothing is waited for', async () => {
  const { waits, ...fakes } = world();
  expect(await unregistered({ brokers: [], ...fakes })).toEqual([]);
  expect(waits).toEqual([]);
});

test('those that do not come in time are named', async () => {
  const { waits, ...fakes } = world('a:1');
  expect(await unregistered({ brokers: ['a:1', 'b:1'], ...fakes })).toEqual(['b:1']);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(REGISTER_WAIT_MS);
});

test('the last broker to register again says how long that may take', async () => {
  const periods = new Map([
    ['a:1', '30000'],
    ['b:1', '45500'],
  ]);
  const settingsOf = async (address: string) => {
    const period = periods.get(address);
    if (period === undefined) throw new Error('it does not answer');
    return new Map([['registerNameServerPeriod', period]]);
  };
  expect(await registerSeconds(['a:1'], settingsOf)).toBe(30);
  expect(await registerSeconds(['a:1', 'b:1', 'c:1'], settingsOf)).toBe(46);
  expect(await registerSeconds(['c:1'], settingsOf)).toBeUndefined();
});
