/** A command that cannot be done, in words for the person who typed it. */
import type { ExitName } from './exit-codes.ts';

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}
