import { expect, test } from 'vitest';
import { compress, decompress } from './compression.ts';

const BODY = 'compress me '.repeat(2000);

test.each([
  [
    'LZ4',
    0x101,
    'BCJNGGBwc3MAAADPY29tcHJlc3MgbWUgDAD////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////5UHMgbWUgAAAAAA==',
  ],
  ['ZSTD', 0x201, 'KLUv/QBYpAAAYGNvbXByZXNzIG1lIAEAsd33kgQBAAA='],
  [
    'ZLIB',
    0x301,
    'eF7txrEJADAIALBX/E0cpaX+Dx7SZEqevq9moivS3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d/eMvYJUabg==',
  ],
])('reads what a Java producer compressed with %s', (_name, sysFlag, body) => {
  expect(decompress(Buffer.from(body, 'base64'), sysFlag).toString()).toBe(BODY);
});

test('undoes its own compression, and leaves alone what is not compressed', () => {
  const { body, sysFlag } = compress(Buffer.from(BODY));
  expect(decompress(body, sysFlag).toString()).toBe(BODY);
  expect(body.length).toBeLessThan(200);
  expect(decompress(Buffer.from('plain'), 0x300).toString()).toBe('plain');
});

test('takes the old flag without a type for zlib', () => {
  expect(decompress(compress(Buffer.from(BODY)).body, 0x1).toString()).toBe(BODY);
});

test('does not take a body for what it is not', () => {
  for (const sysFlag of [0x101, 0x201, 0x301]) {
    expect(() => decompress(Buffer.from('neither'), sysFlag)).toThrow(Error);
  }
});
