/**
 * Takes brokers out that are gone: at once when their connection ends, and after their own time
 * without a sign of life when it does not, as when a machine loses its power.
 */
import type { ServerConnection } from '../remoting/mod.ts';
import { formatAddress } from '../runtime/mod.ts';
import type { NameServerParts } from './parts.ts';

export interface Liveness {
  /** A connection has ended. */
  onClosed(connection: ServerConnection): void;
  stop(): void;
}

export function watchLiveness(
  parts: Omit<NameServerParts, 'startMs'>,
  onExpired: (count: number) => void,
): Liveness {
  const { clock, config, log, routes, unregistrations } = parts;
  const scan = (): void => {
    const expired = routes.expired(clock.monotonicMs());
    for (const { broker, channel } of expired) {
      log.warn('Broker went silent', { ...broker });
      unregistrations.submit(broker);
      (channel as ServerConnection | undefined)?.close();
    }
    onExpired(expired.length);
  };
  const scans = clock.every(config.scanNotActiveBrokerInterval, scan);
  return {
    onClosed: (connection) => {
      for (const broker of routes.registeredBy(connection)) {
        log.info('Broker disconnected', { ...broker, remote: formatAddress(connection.remote) });
        unregistrations.submit(broker);
      }
    },
    stop: () => scans.cancel(),
  };
}
