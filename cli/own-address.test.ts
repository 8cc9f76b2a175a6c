import { expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';

const loopback = [
  { address: '127.0.0.1', family: 'IPv4', internal: true },
  { address: '::1', family: 'IPv6', internal: true },
] as const;
const linkLocal = { address: 'fe80::1c2f:2ff:fe5a:1', family: 'IPv6', internal: false } as const;
const global = { address: '2001:db8::7', family: 'IPv6', internal: false } as const;
const unique = { address: 'fd00:10:244::7', family: 'IPv6', internal: false } as const;
const ipv4 = { address: '10.0.0.7', family: 'IPv4', internal: false } as const;

test.each([
  ['IPv4 where there is one', [linkLocal, global, ipv4], '10.0.0.7'],
  ['IPv6 where there is no IPv4', [linkLocal, global], '2001:db8::7'],
  ['IPv6 of a private network', [linkLocal, unique], 'fd00:10:244::7'],
  ['not one that only its own link knows', [linkLocal], '127.0.0.1'],
  ['loopback on a machine without a network', [], '127.0.0.1'],
])('others are told %s', (_rule, addresses, expected) => {
  expect(ownAddress({ lo: loopback, eth0: addresses, gone: undefined })).toBe(expected);
});
