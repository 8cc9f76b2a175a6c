/** One run of a command of `gantry admin`: the cluster it talks to and the person it talks to. */
import type { Runtime } from '../../runtime/mod.ts';
import type { OutputForm } from '../output.ts';

export interface Invocation {
  readonly runtime: Runtime;
  /** host:port */
  readonly nameServers: readonly string[];
  readonly form: OutputForm;
  /** What `gantry` was called as, for commands that it tells people to try. */
  readonly gantry: string;
  /** What was asked for: standard output. */
  print(text: string): void;
  /** About it, for whoever watches: standard error. */
  note(text: string): void;
  /** What is waited for, shown while nothing is printed. */
  wait(text: string): void;
  /** From here on Ctrl-C aborts the signal, once; without it, Ctrl-C ends the process. */
  interruption(): AbortSignal;
}
