/**
 * Requests for features that this version does not have. They are refused by name: an answer of
 * success, or a message stored as if nothing had been asked, would lose what the client wanted.
 */
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';

type Names =
  | 'CONSUMER_SEND_MSG_BACK'
  | 'END_TRANSACTION'
  | 'RECALL_MESSAGE'
  | 'SET_MESSAGE_REQUEST_MODE';

export function unavailableHandlers(): Pick<Handlers<typeof brokerRequests>, Names> {
  return {
    // The client then consumes the message again itself, five seconds later: nothing is lost.
    CONSUMER_SEND_MSG_BACK: () => refuse('handing a message back for a later retry'),
    END_TRANSACTION: () => refuse('transactional messages'),
    RECALL_MESSAGE: () => refuse('recalling timed messages'),
    SET_MESSAGE_REQUEST_MODE: () => refuse('pop consumption'),
  };
}

function refuse(feature: string): never {
  throw new Failure('InternalError', `Not supported by this version: ${feature}`);
}
