import { expect, test } from 'vitest';
import type { PodLine } from '../local/messages.ts';
import { type CameUpBy, nextSteps } from './next-steps.ts';

const pod = (name: string, role: string, state: PodLine['state']): PodLine => ({
  name,
  role,
  state,
  ready: state === 'ready',
  address: '127.0.0.1:1',
  pid: null,
  restarts: 0,
  dataFolder: '/data',
  management: `127.0.0.1:${name.length}`,
  why: null,
});

const pods = [pod('shop-ns-0', 'nameserver', 'ready'), pod('shop-a-0', 'broker', 'stopped')];

/** The steps as they are pasted, by what they are for. */
function steps(options: Partial<CameUpBy>, nameServer = '127.0.0.1:9876') {
  const cameUpBy = { file: 'shop.yaml', state: '.gantry', ...options };
  const lines = nextSteps({ nameServers: [nameServer], pods }, cameUpBy).split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/ {2,}/, 2)));
}

test('what a command finds by itself is not said', () => {
  expect(steps({})).toEqual({
    send: 'gantry admin send -n 127.0.0.1:9876 --topic Hello --body hi',
    consume: 'gantry admin consume -n 127.0.0.1:9876 --topic Hello',
    'from Java': 'producer.setNamesrvAddr("127.0.0.1:9876");',
    metrics: 'curl http://127.0.0.1:8/metrics',
    'try a failure': 'gantry kill shop-a-0',
    'start what is stopped': 'gantry start shop-a-0',
    'stop, keeping the data': 'gantry down',
    'start again': 'gantry up -f shop.yaml',
  });
});

test('what was said is said again where it is needed', () => {
  const shown = steps({ name: 'other', state: '/tmp/state of it' }, '127.0.9.1:9876');
  expect(shown).toMatchObject({
    'try a failure': "gantry kill shop-a-0 --name other --state '/tmp/state of it'",
    'stop, keeping the data': "gantry down --name other --state '/tmp/state of it'",
    'start again':
      "gantry up -f shop.yaml --nameserver 127.0.9.1:9876 --name other --state '/tmp/state of it'",
  });
});
