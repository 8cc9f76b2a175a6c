/**
 * For what is tried again later anyway: what the world refuses now gives undefined. A bug goes on,
 * to end the process.
 */
import { Failure, MalformedFrame } from '../protocol/mod.ts';
import { RemoteRefusal } from '../remoting/mod.ts';
import { NetworkError } from '../runtime/mod.ts';

export async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isOfTheWorld(error)) return undefined;
    throw error;
  }
}

function isOfTheWorld(error: unknown): boolean {
  return [NetworkError, RemoteRefusal, Failure, MalformedFrame].some(
    (kind) => error instanceof kind,
  );
}
