import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/mod.ts';
import { brokerSchema } from './config.ts';

const host = { name: 'box', address: '10.1.2.3', homeFolder: '/home/mq', environment: {} };
const load = (...assignments: string[]) => loadConfig(brokerSchema, { host, assignments }).config;

describe('brokerIP1', () => {
  test.each([
    '10.0.0.5',
    '255.255.255.255',
    'localhost',
    'broker-a-0.broker-a.shop.svc',
    'broker-a-0.broker-a.shop.svc.cluster.local.',
    'my_broker',
    '7d.example',
    '2001:db8::2',
  ])('may be %s', (name) => {
    expect(load(`brokerIP1=${name}`).brokerIP1).toBe(name);
  });

  test.each(['', '10.0.0', '10.0.0.256', '1.2.3.4.5', 'a b', 'a..b', '-a', 'a:10911', 'a,b'])(
    'may not be "%s"',
    (name) => {
      expect(() => load(`brokerIP1=${name}`)).toThrow('an address or a host name');
    },
  );
});

test('a replica is refused with the reason', () => {
  expect(() => load('brokerRole=SLAVE')).toThrow(
    'brokerRole is "SLAVE": this version has no replicas, each broker is the only one of its group; expected one of ASYNC_MASTER, SYNC_MASTER',
  );
  expect(() => load('brokerRole=MASTER')).toThrow('brokerRole is "MASTER", expected one of');
});

test.each([
  [['brokerIP1=10.0.0.5'], '10.0.0.5'],
  [['brokerIP1=2001:db8::2', 'bindAddress=10.0.0.7'], '2001:db8::2'],
  [['brokerIP1=broker-a.shop', 'bindAddress=10.0.0.7'], '10.0.0.7'],
  [['brokerIP1=broker-a.shop'], '10.1.2.3'],
  [['brokerIP1=broker-a.shop', 'bindAddress=::'], '10.1.2.3'],
  [['storeHostAddress=10.9.9.9'], '10.9.9.9'],
])('with %j messages are stored with an address, %s', (assignments, address) => {
  expect(load(...assignments).storeHostAddress).toBe(address);
});
