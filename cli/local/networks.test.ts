import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate, expose, firstLocalPort, loopbackPrefix, type Networks } from './networks.ts';
import type { Pod } from './pods.ts';

function pod(name: string): Pod {
  const ports = [
    { name: 'remoting', containerPort: name.startsWith('ns') ? 9876 : 10_911 },
    { name: 'management', containerPort: 8090 },
  ];
  const role = name.startsWith('ns') ? 'nameserver' : 'broker';
  return { name, role, template: { spec: { containers: [{ ports }] } } } as unknown as Pod;
}

const pods = fc
  .uniqueArray(fc.constantFrom('ns-0', 'ns-1', 'b-0', 'b-1', 'b-2', 'b-3'))
  .map((names) => names.map(pod));
const prefix = fc.constantFrom(undefined, '127.70.1');

const listeners = (networks: Networks): string[] =>
  Object.values(networks).flatMap(({ host, address, ports }) => {
    const { 8090: management, ...others } = ports;
    const served = Object.values(others).flatMap((port) => [port - 2, port, port + 1]);
    return [`${address}:${management}`, ...served.map((port) => `${host}:${port}`)];
  });

test('no two listeners of any two pods meet, those beside the port of a broker included', () => {
  fc.assert(
    fc.property(pods, prefix, (some, where) => {
      const networks = allocate(some, { prefix: where, firstPort: 20_000, before: {} });
      const all = listeners(expose(networks, some, { host: '127.0.0.1', port: 9876 }));
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});

test('a pod keeps its place whatever comes and goes around it', () => {
  fc.assert(
    fc.property(pods, pods, prefix, (first, second, where) => {
      const before = allocate(first, { prefix: where, firstPort: 20_000, before: {} });
      const after = allocate(second, { prefix: where, firstPort: 20_000, before });
      for (const { name } of second) expect(after[name]).toEqual(before[name] ?? after[name]);
      const all = listeners(after);
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});

test('addresses of another kind of machine are given anew', () => {
  const before = allocate([pod('b-0')], { prefix: undefined, firstPort: 20_000, before: {} });
  const after = allocate([pod('b-0')], { prefix: '127.70.1', firstPort: 20_000, before });
  expect(after['b-0']?.address).toBe('127.70.1.1');
});

test('places of different folders are apart, and below what clients are given', () => {
  expect(loopbackPrefix('/a')).toMatch(/^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+$/);
  expect(loopbackPrefix('/a')).not.toBe(loopbackPrefix('/b'));
  expect(firstLocalPort('/a')).toBeGreaterThanOrEqual(20_000);
  expect(firstLocalPort('/a')).toBeLessThan(30_000);
});
