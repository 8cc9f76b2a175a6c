/**
 * Signals to a role that is still starting. The first process of a container gets no signal that it
 * has not asked for: a pod that is deleted while it starts would stay until its grace is over.
 * Nothing has been promised to anybody yet, so the process ends at once.
 */
import { exitCodes } from './exit-codes.ts';

const signals = ['SIGTERM', 'SIGINT'] as const;

export function endOnSignals(): void {
  for (const signal of signals) process.on(signal, end);
}

/** From now on somebody else stops the process in order. */
export function leaveSignals(): void {
  for (const signal of signals) process.off(signal, end);
}

function end(): void {
  process.exit(exitCodes.Done.code);
}
