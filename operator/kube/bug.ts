/**
 * Which errors are bugs. The world fails with errors of ours (`KubeError`, `NetworkError`, …) or
 * with a plain `Error` of the machine; what the language itself throws, our own code has done
 * wrong. So data from outside is checked where it comes in, and refused with an error of ours.
 */
import { AssertionError } from '../../runtime/mod.ts';

const OF_THE_LANGUAGE = [
  TypeError,
  RangeError,
  ReferenceError,
  SyntaxError,
  EvalError,
  URIError,
] as const;

export function isBug(error: unknown): boolean {
  return error instanceof AssertionError || OF_THE_LANGUAGE.some((kind) => error instanceof kind);
}

/** For where a failure of the world may be left at that: a bug goes on, to end the process. */
export function unlessBug(error: unknown): void {
  if (isBug(error)) throw error;
}
