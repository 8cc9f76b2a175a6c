/** What pods end with is what the operator takes it for. */
import { expect, test } from 'vitest';
import { exitCodes } from '../cli/exit-codes.ts';
import { WRONG_IDENTITY } from '../operator/mod.ts';

test('the operator knows what a broker ends with whose store belongs to another one', () => {
  expect(exitCodes.WrongIdentity.code).toBe(WRONG_IDENTITY);
});
