import { expect, test } from 'vitest';
import { DiskError } from '../disk.ts';
import { diskError, translated } from './disk-errors.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: said no`), { code });

test.each([
  ['ENOSPC', 'NoSpace'],
  ['EDQUOT', 'NoSpace'],
  ['ENOENT', 'NotFound'],
  ['EROFS', 'NotPermitted'],
  ['EIO', 'Other'],
])('%s is told as %s, with what was tried and the cause', (code, expected) => {
  const cause = system(code);
  const error = diskError('write /data/log', cause);
  expect(error).toMatchObject({ code: expected, cause });
  expect(error.message).toMatch(/^Cannot write \/data\/log: \w/);
});

test('what succeeds is passed on, what fails is translated', () => {
  expect(translated('do', () => 7)).toBe(7);
  expect(() =>
    translated('do', () => {
      throw system('EACCES');
    }),
  ).toThrow(DiskError);
});
