import { expect, test } from 'vitest';
import { Failure } from '../../protocol/mod.ts';
import { AssertionError, NetworkError } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import { explained } from './trouble.ts';

const one = { addresses: ['127.0.0.1:9876'], remedy: 'Do this' };
const two = { ...one, addresses: ['127.0.0.1:9876', '127.0.0.2:9876'] };

const unreachable = new NetworkError('Refused', 'Cannot connect to 127.0.0.1:9876: nothing');
const broker = new NetworkError('TimedOut', 'Cannot connect to 127.0.0.7:10911: no answer');

test.each([
  [unreachable, one, 'Unreachable', 'Cannot connect to 127.0.0.1:9876: nothing\nDo this'],
  [unreachable, two, 'Unreachable', 'none of 127.0.0.1:9876, 127.0.0.2:9876 answers'],
  [broker, one, 'Unreachable', '`gantry admin cluster list` shows which answer'],
  [new Failure('TopicNotFound', 'No topic'), one, 'NotFound', '`gantry admin topic list`'],
  [new Failure('IllegalMessage', 'Too long'), one, 'Usage', 'Too long'],
  [new Failure('InternalError', 'Odd'), one, 'Failed', 'Odd'],
])('%s is told with what to do about it', (error, choice, exit, advice) => {
  const told = explained(error, choice, 'gantry');
  expect(told).toBeInstanceOf(CommandError);
  expect(told).toMatchObject({ exit, cause: error });
  expect((told as CommandError).message).toContain(advice);
});

test('a topic that is not found while brokers are away is told as that', () => {
  const choice = { ...one, absence: 'broker b is stopped: start it' };
  const missing = new Failure('TopicNotFound', 'No topic');
  expect(explained(missing, choice, 'gantry')).toMatchObject({
    exit: 'Unreachable',
    message: 'No topic\nbroker b is stopped: start it',
    cause: missing,
  });
  const other = new Failure('IllegalMessage', 'Too long');
  expect(explained(other, choice, 'gantry')).toMatchObject({ exit: 'Usage' });
});

test('a bug stays a bug', () => {
  const bug = new AssertionError('impossible');
  expect(explained(bug, one, 'gantry')).toBe(bug);
});
