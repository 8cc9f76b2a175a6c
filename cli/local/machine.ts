/** What the process runner needs of the machine, so that its rules can be tested without one. */
import type { Clock } from '../../runtime/mod.ts';
import type { LocalProbe, LocalProcess } from './local-process.ts';
import type { ProcessIdentity } from './process-identity.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly identity: ProcessIdentity;
  /** Bytes that were in its log when it started. */
  readonly logBefore: number;
  kill(signal: NodeJS.Signals): void;
}

export interface Machine {
  readonly clock: Clock;
  /** Starts the process of a pod; `onExit` comes once, later. Throws when it cannot be started. */
  start(process: LocalProcess, onExit: (exit: Exit) => void): Child;
  /** Whether the probe succeeded, within its time-out. Never rejects. */
  probe(probe: LocalProbe): Promise<boolean>;
  /** Empties the volumes that live as long as a pod. */
  empty(process: LocalProcess): void;
}
