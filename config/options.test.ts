import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  addresses,
  bytes,
  type ConfigOf,
  flag,
  integer,
  number,
  oneOf,
  showBytes,
  text,
} from './options.ts';

const port = integer({ fallback: 1, min: -5, max: 65_535, doc: '' });

test('read() inverts print() for every value within the bounds', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 65_535 }), (value) => {
      expect(port.read(port.print(value))).toEqual({ value });
    }),
  );
});

test('a whole number is nothing but digits within the bounds', () => {
  fc.assert(
    fc.property(fc.string(), (raw) => {
      const right = /^[+-]?\d+$/.test(raw) && Number(raw) >= -5 && Number(raw) <= 65_535;
      expect('value' in port.read(raw)).toBe(right);
    }),
  );
});

describe('what is refused says what would be right', () => {
  test.each([
    [port, '70000', 'a whole number, -5 to 65535'],
    [port, '1e3', 'a whole number, -5 to 65535'],
    [port, '', 'a whole number, -5 to 65535'],
    [number({ fallback: 1, min: 0, max: 1, doc: '' }), '1.5', 'a number, 0 to 1'],
    [
      bytes({ fallback: 1024, min: 1024, max: 2 ** 30, doc: '' }),
      '4k',
      'a whole number of bytes, 1 KiB to 1 GiB',
    ],
    [flag({ fallback: true, doc: '' }), 'yes', 'true or false'],
    [oneOf(['A', 'B'], { fallback: 'A', doc: '' }), 'a', 'one of A, B'],
    [text({ fallback: '', pattern: /^\d\d$/, expected: 'two digits', doc: '' }), '4', 'two digits'],
    [addresses({ fallback: [], doc: '' }), 'a:1;b', 'addresses as host:port, separated by ";"'],
  ])('%#: %s', (option, raw, expected) => {
    expect(option.read(raw)).toEqual({ expected });
  });
});

test('a flag is true or false in any case, as Java has it', () => {
  const option = flag({ fallback: false, doc: '' });
  expect(option.read('TRUE')).toEqual({ value: true });
  expect(option.read('False')).toEqual({ value: false });
});

test('addresses may end with the separator, and be none', () => {
  const option = addresses({ fallback: [], doc: '' });
  expect(option.read('')).toEqual({ value: [] });
  const value = [
    { host: '127.0.0.1', port: 9876 },
    { host: '::1', port: 9877 },
  ];
  expect(option.read('127.0.0.1:9876;[::1]:9877;')).toEqual({ value });
  expect(option.print(value)).toBe('127.0.0.1:9876;[::1]:9877');
});

test('a configuration has the types of its options', () => {
  const options = {
    listenPort: port,
    role: oneOf(['MASTER', 'SLAVE'], { fallback: 'MASTER', doc: '' }),
    enabled: flag({ fallback: true, doc: '' }),
  } as const;
  expectTypeOf<ConfigOf<typeof options>>().toEqualTypeOf<{
    readonly listenPort: number;
    readonly role: 'MASTER' | 'SLAVE';
    readonly enabled: boolean;
  }>();
});

test.each([
  [1, '1 bytes'],
  [1536, '1536 bytes'],
  [2 ** 20, '1 MiB'],
  [3 * 2 ** 40, '3 TiB'],
])('%i bytes are shown as %s', (count, shown) => {
  expect(showBytes(count)).toBe(shown);
});
