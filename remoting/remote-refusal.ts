/** The peer answered with a code that its caller does not take for an outcome. */
import { type Command, type FailureName, findFailure, responseCodeName } from '../protocol/mod.ts';

export class RemoteRefusal extends Error {
  override readonly name = 'RemoteRefusal';
  readonly code: number;
  readonly remark: string;
  readonly answer: Command;

  /** `what` completes "Cannot …". */
  constructor(what: string, answer: Command) {
    const remark = answer.remark ?? '';
    super(`Cannot ${what}: ${responseCodeName(answer.code)} (${answer.code}) ${remark}`.trim());
    this.code = answer.code;
    this.remark = remark;
    this.answer = answer;
  }

  /** What the code means; undefined when nobody knows it. */
  get failure(): FailureName | undefined {
    return findFailure(this.code);
  }
}
