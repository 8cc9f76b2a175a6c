/** Name servers as they were found. Plain data; `undefined` is unknown, never "bad". */
import type { Settings } from '../access/mod.ts';
import type { NameServer } from '../api/name-server.ts';
import type { Condition } from '../api/status/conditions.ts';
import type { NameServerStatus } from '../api/status/name-server.ts';
import type { Properties } from '../config/key-table.ts';
import type { ClaimFacts } from '../workload/claim-facts.ts';
import type { NodeState } from '../workload/node-state.ts';
import type { PodFacts } from '../workload/pod-facts.ts';
import type { SetFacts } from '../workload/set-facts.ts';

/** One name server: complete in itself. */
export interface ObservedServer {
  /** Of its pod. */
  readonly name: string;
  readonly pod: PodFacts | undefined;
  readonly claim: ClaimFacts | undefined;
  readonly node: NodeState;
  /** Shown by its process; undefined: no answer. */
  readonly settings: Settings | undefined;
}

export interface Observed {
  readonly nameServer: NameServer;
  readonly nowMs: number;
  readonly version: string;
  readonly set: SetFacts | undefined;
  /** Why Kubernetes cannot make its pods or claims, in its words; asked only while one is missing. */
  readonly creationFailure: string | undefined;
  readonly file: Properties | undefined;
  /** Those that are to be, and pods that are still there besides. */
  readonly servers: readonly ObservedServer[];
  readonly isExpandable: boolean | undefined;
  readonly conditions: readonly Condition[];
  readonly was: NameServerStatus | undefined;
}
