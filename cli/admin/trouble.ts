/** What went wrong between a command and a cluster, in words that say what to do about it. */

import { RemoteRefusal } from '../../client/mod.ts';
import { Failure, type FailureName, responseCodes } from '../../protocol/mod.ts';
import { NetworkError } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import type { ExitName } from '../exit-codes.ts';
import type { NameServerChoice } from './name-server-choice.ts';

const EXITS: Partial<Record<FailureName, ExitName>> = {
  TopicNotFound: 'NotFound',
  BrokerNotFound: 'NotFound',
  GroupNotFound: 'NotFound',
  InvalidParameter: 'Usage',
  IllegalMessage: 'Usage',
  SubscriptionUnparsable: 'Usage',
  ServiceNotAvailable: 'Unreachable',
};

/** The same error, with advice and the exit code it deserves; bugs stay as they are. */
export function explained(
  error: unknown,
  choice: NameServerChoice & { readonly absence?: string | undefined },
  gantry: string,
): unknown {
  if (choice.absence !== undefined && isTopicMissing(error)) {
    const message = `${(error as Error).message}\n${choice.absence}`;
    return new CommandError('Unreachable', message, { cause: error });
  }
  if (error instanceof NetworkError) return unreachable(error, choice, gantry);
  if (error instanceof Failure) {
    const exit = EXITS[error.name] ?? 'Failed';
    return new CommandError(exit, withAdvice(error, error.name, gantry), { cause: error });
  }
  if (error instanceof RemoteRefusal) {
    const advised = withAdvice(error, error.failure, gantry);
    return new CommandError(isTopicMissing(error) ? 'NotFound' : 'Rejected', advised, {
      cause: error,
    });
  }
  return error;
}

/** Brokers that are not there now may be the reason. */
export function isTopicMissing(error: unknown): boolean {
  if (error instanceof Failure) return error.name === 'TopicNotFound';
  return error instanceof RemoteRefusal && error.code === responseCodes.TOPIC_NOT_EXIST;
}

function unreachable(
  error: NetworkError,
  { addresses, remedy }: NameServerChoice,
  gantry: string,
): CommandError {
  const { message } = error;
  if (!addresses.some((address) => message.includes(address))) {
    const advice = `The name server says that a broker is there: \`${gantry} admin cluster list\` shows which answer`;
    return new CommandError('Unreachable', `${message}\n${advice}`, { cause: error });
  }
  const all = addresses.length === 1 ? '' : `; none of ${addresses.join(', ')} answers`;
  return new CommandError('Unreachable', `${message}${all}\n${remedy}`, { cause: error });
}

function withAdvice({ message }: Error, failure: FailureName | undefined, gantry: string): string {
  if (failure !== 'TopicNotFound') return message;
  const list = `\`${gantry} admin topic list\` shows what topics there are`;
  return `${message}\n${list}, \`topic create\` makes one, \`cluster list\` shows which brokers are up`;
}
