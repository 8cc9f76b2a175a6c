/** What the handlers of a name server work on. */
import type { Clock, Disk, Log } from '../runtime/mod.ts';
import type { NameServerConfig } from './config.ts';
import type { KvConfig } from './kv-config.ts';
import type { MinIdChange, Routes } from './routes.ts';
import type { Unregistrations } from './unregistrations.ts';

export interface NameServerParts {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly log: Log;
  readonly config: NameServerConfig;
  readonly routes: Routes;
  readonly kv: KvConfig;
  readonly unregistrations: Unregistrations;
  readonly onMinIdChange: (change: MinIdChange) => void;
  /** When it began to serve, by the monotonic clock. */
  readonly startMs: number;
  /** The properties file it was started from, which live changes are written to. */
  readonly configFile: string | undefined;
}
