/** What a command and the supervisor of a cluster say to each other: JSON lines on a socket. */
import type { ExitName } from '../exit-codes.ts';
import type { PodState, PodStatus } from './pod-process.ts';
import type { Desired } from './state-folder.ts';

export type Request =
  | { readonly want: 'status' }
  /** Makes it so, then tells every change until all pods that are not stopped are ready. */
  | { readonly want: 'apply'; readonly desired: Desired }
  | { readonly want: 'down' }
  | { readonly want: 'stop' | 'start' | 'kill'; readonly pod: string };

/** Any number of events, then the end. */
export type Message =
  | { readonly event: PodStatus }
  | { readonly done: ClusterStatus }
  | { readonly failed: { readonly exit: ExitName; readonly message: string } };

/** As `gantry status --output json` prints it. */
export interface ClusterStatus {
  readonly cluster: string;
  readonly version: string;
  /** host:port */
  readonly nameServers: readonly string[];
  readonly supervisor: number | null;
  readonly pods: readonly PodLine[];
}

export interface PodLine {
  readonly name: string;
  readonly role: string;
  readonly pid: number | null;
  readonly address: string;
  readonly ready: boolean;
  readonly state: PodState;
  readonly restarts: number;
  readonly dataFolder: string;
  /** host:port of `/metrics`, `/livez` and `/readyz`. */
  readonly management: string;
  /** Why it does not run though it should: how its process ended, and when the next one starts. */
  readonly why: string | null;
}
