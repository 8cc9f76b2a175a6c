import { expect, test } from 'vitest';
import type { ClusterAccess } from '../access/mod.ts';
import { LeadershipLostError } from './errors.ts';
import { fencedAccess } from './fenced-access.ts';

const address = '10.0.0.1:10911';
const changes: readonly [keyof ClusterAccess & string, readonly unknown[]][] = [
  ['updateBrokerConfig', [address, {}]],
  ['updateNameServerConfig', [address, {}]],
  ['forgetTopic', [address, { topic: 'a', clusterName: 'b' }]],
  ['putTopic', [address, { topic: 'a' }]],
  ['removeTopic', [address, 'a']],
  ['putGroup', [address, { group: 'a' }]],
  ['removeGroup', [address, 'a']],
  ['copyMetadata', [{ from: address, to: address }]],
];

/** Notes each call of each verb with what it was asked. */
function noting() {
  const calls: unknown[] = [];
  const bare = new Proxy({} as ClusterAccess, {
    get: (target, verb) =>
      function (this: unknown, ...asked: readonly unknown[]) {
        expect(this).toBe(bare);
        expect(target).toBeDefined();
        calls.push([verb, ...asked]);
        return Promise.resolve('done');
      },
  });
  return { bare, calls };
}

const lost = (): never => {
  throw new LeadershipLostError('Cannot go on');
};

test.each(changes)('%s changes nothing when another may lead', async (verb, asked) => {
  const { bare, calls } = noting();
  const change = (access: ClusterAccess) =>
    (access[verb] as (...all: readonly unknown[]) => Promise<unknown>)(...asked);
  await expect(change(fencedAccess(bare, lost))).rejects.toThrow(LeadershipLostError);
  expect(calls).toEqual([]);
  expect(await change(fencedAccess(bare, () => undefined))).toBe('done');
  expect(calls).toEqual([[verb, ...asked]]);
});

test('what only asks is asked in any case, with all that it was given', async () => {
  const { bare, calls } = noting();
  const { signal } = new AbortController();
  await fencedAccess(bare, lost).findTopic(address, 'a', signal);
  await fencedAccess(bare, lost).contents(address);
  expect(calls).toEqual([
    ['findTopic', address, 'a', signal],
    ['contents', address],
  ]);
});

test('it closes what it stands for', async () => {
  const { bare, calls } = noting();
  await fencedAccess(bare, lost)[Symbol.asyncDispose]();
  expect(calls).toEqual([[Symbol.asyncDispose]]);
});
