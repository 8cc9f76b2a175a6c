import { expect, test } from 'vitest';
import { AssertionError, DiskError, NetworkError } from '../runtime/mod.ts';
import { CommandError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';
import { exitNameOf, explain } from './failure.ts';

/** By name and code, as errors are told apart. */
const storeError = (code: string): Error =>
  Object.assign(new Error('it'), { name: 'StoreError', code });
const credentialsError = (code: string): Error =>
  Object.assign(new Error('it'), { name: 'CredentialsError', code });

test.each([
  [new NetworkError('AddressInUse', 'it'), 'PortInUse'],
  [new NetworkError('Refused', 'it'), 'Unreachable'],
  [new DiskError('Locked', 'it'), 'Locked'],
  [new DiskError('NoSpace', 'it'), 'NoSpace'],
  [new DiskError('Other', 'it'), 'Failed'],
  [new NetworkError('TimedOut', 'it'), 'Unreachable'],
  [new NetworkError('UnknownHost', 'it'), 'Unreachable'],
  [new NetworkError('Reset', 'it'), 'Unreachable'],
  [storeError('NewerFormat'), 'NewerFormat'],
  [storeError('InUse'), 'Locked'],
  [storeError('WrongIdentity'), 'WrongIdentity'],
  [storeError('Unreadable'), 'CorruptStore'],
  [storeError('NotSupported'), 'Refused'],
  [storeError('WrongFileSize'), 'Refused'],
  [storeError('BadOption'), 'Refused'],
  [Object.assign(new Error('it'), { name: 'ConfigError' }), 'Refused'],
  [Object.assign(new Error('it'), { name: 'ManifestError' }), 'Refused'],
  [Object.assign(new Error('it'), { name: 'RemoteRefusal' }), 'Rejected'],
  [credentialsError('NotFound'), 'NotFound'],
  [credentialsError('Unusable'), 'Refused'],
  [new CommandError('Interrupted', 'it'), 'Interrupted'],
  [new CommandError('Refused', 'it'), 'Refused'],
  [new AssertionError('it'), 'Bug'],
  [Object.assign(new Error('it'), { code: 'toString' }), 'Failed'],
  ['no error at all', 'Failed'],
])('%s ends with the code of %s', (error, exit) => {
  expect(exitNameOf(error)).toBe(exit);
});

test('a condition of the world is told in a sentence, a bug with its stack', () => {
  expect(explain(new DiskError('Locked', 'Cannot lock it'))).toBe('Cannot lock it');
  expect(explain(new AssertionError('a bug'))).toContain('failure.test.ts');
});

test('no two names share an exit code', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
