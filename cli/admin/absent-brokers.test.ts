import { expect, test } from 'vitest';
import { simulated } from '../../simulation/mod.ts';
import { FakeCluster } from '../../test/fakes/cluster.ts';
import type { PodLine } from '../local/messages.ts';
import { absentOf, findAbsence } from './absent-brokers.ts';

const pod = (name: string, role: string, state: PodLine['state']): PodLine => ({
  name,
  role,
  state,
  ready: state === 'ready',
  address: '127.0.0.1:1',
  pid: null,
  restarts: 0,
  dataFolder: '/data',
  management: '127.0.0.1:2',
  why: null,
});

const ready = [pod('shop-ns-0', 'nameserver', 'stopped'), pod('shop-a-0', 'broker', 'ready')];

test.each([
  [[], undefined],
  [[pod('shop-b-0', 'broker', 'stopped')], '`gantry start shop-b-0 --name shop` starts it'],
  [
    [pod('shop-b-0', 'broker', 'waiting')],
    'It may be on broker shop-b-0, which is waiting: `gantry status --name',
  ],
  [
    [pod('shop-b-0', 'broker', 'unready'), pod('shop-c-0', 'broker', 'stopped')],
    'shop-b-0, which is unready, or shop-c-0, which is stopped: `gantry start shop-c-0',
  ],
])('brokers that do not serve are named with what to do', (absent, sentence) => {
  const told = absentOf({ pods: [...ready, ...absent] }, { name: 'shop' });
  expect(told === undefined).toBe(sentence === undefined);
  expect(told ?? '').toContain(sentence ?? '');
});

test.each([
  [0, 'No broker has registered with'],
  [1, undefined],
])('of %i brokers that have registered it is said: %s', (brokers, sentence) =>
  simulated(1, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, brokers);
    const told = await findAbsence(runtime, {
      addresses: [cluster.nameServers],
      state: '/there/is/none',
    });
    expect(told === undefined).toBe(sentence === undefined);
    expect(told ?? '').toContain(sentence ?? '');
  }),
);
