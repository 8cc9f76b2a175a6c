/** What the system calls a network failure, told as a `NetworkError`. */
import { NetworkError, type NetworkErrorCode } from '../network.ts';

const CODES: Readonly<Record<string, readonly [NetworkErrorCode, string]>> = {
  EADDRINUSE: ['AddressInUse', 'the address is in use by another process'],
  EADDRNOTAVAIL: ['AddressNotAvailable', 'this machine has no such address'],
  ECONNREFUSED: ['Refused', 'nothing listens there'],
  ECONNRESET: ['Reset', 'the peer reset the connection'],
  EPIPE: ['Reset', 'the peer closed the connection'],
  ETIMEDOUT: ['TimedOut', 'no answer in time'],
  ENOTFOUND: ['UnknownHost', 'the name is unknown'],
  EAI_AGAIN: ['UnknownHost', 'the name cannot be resolved now'],
};

/** `action` completes "Cannot …", for instance "listen on 127.0.0.1:9876". */
export function networkError(action: string, cause: Error): NetworkError {
  const systemCode = findCode(cause);
  const [code, reason] = CODES[systemCode] ?? ['Other', cause.message];
  return new NetworkError(code, `Cannot ${action}: ${reason}`, { cause });
}

/** A name with several addresses fails with one error for each. */
function findCode(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? findCode(first) : '';
}
