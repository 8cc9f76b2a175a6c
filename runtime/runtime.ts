/**
 * The outside world, as one interface.
 *
 * A node reaches time, randomness, the network and the disk only through a `Runtime`. Production
 * passes `runtime/node`; tests pass `simulation`, which runs a whole cluster in one process from
 * one seed. The seam is shaped by the hot path: bytes arrive by callback as borrowed views, writes
 * leave once a turn, files take positioned writes, and nothing on that path makes a promise or an
 * object per message. Bottom layer: imports nothing.
 */
import type { Clock } from './clock.ts';
import type { Disk } from './disk.ts';
import type { Log } from './log.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';

export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly disk: Disk;
  readonly log: Log;
}
