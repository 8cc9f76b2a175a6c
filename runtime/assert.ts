/** A bug in our own code, never a condition of the world: nothing may catch it and carry on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, expected: string): asserts condition {
  if (!condition) throw new AssertionError(`Expected ${expected}`);
}

/** Ends an exhaustive switch: adding a case without handling it no longer compiles. */
export function unreachable(value: never): never {
  throw new AssertionError(`Unreachable: ${JSON.stringify(value)}`);
}
