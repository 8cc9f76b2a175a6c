/**
 * What a role can be configured with: the options it implements, and RocketMQ's other keys with
 * what becomes of them here. Between them they name every key that may stand in a file; a key
 * that neither names is refused.
 */
import type { ConfigOf, Options } from './options.ts';

/** A key whose behaviour is not here: set to anything but its default, it is refused. */
export interface Refused {
  /** RocketMQ's default, which describes what we do. Undefined: unset. */
  readonly fallback?: string;
  readonly reason: string;
}

/** Keys that RocketMQ's own server of this role knows and that we do not implement. */
export interface Elsewhere {
  /** Without meaning here, whatever the value: thread pools, JVM and Netty settings, other stores. */
  readonly ignored: readonly string[];
  readonly refused: Readonly<Record<string, Refused>>;
}

export interface Schema<T extends Options> {
  /** As in `GANTRY_<ROLE>_<OPTION>` and in messages: `broker`, `nameserver`. */
  readonly role: string;
  readonly options: T;
  /** Where `options` names a key too, `options` holds. */
  readonly elsewhere: Elsewhere;
  /** What no single row can say, one sentence for each thing that is wrong. */
  readonly check?: (config: ConfigOf<T>) => readonly string[];
}

/** `listenPort` of the broker is `GANTRY_BROKER_LISTEN_PORT` in the environment. */
export function environmentName(role: string, option: string): string {
  const words = option.replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_');
  return `GANTRY_${role}_${words}`.toUpperCase();
}
