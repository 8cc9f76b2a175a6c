/** What a name server counts. */
import { counter, gauge, type MetricsRegistry, meter } from '../metrics/mod.ts';
import { type RemotingServer, requestMetrics } from '../remoting/mod.ts';
import type { Routes } from './routes.ts';

export const nameServerMetrics = {
  ...requestMetrics,
  gantry_nameserver_brokers: gauge('Brokers that are registered.'),
  gantry_nameserver_topics: gauge('Topics that have a route.'),
  gantry_nameserver_brokers_expired_total: counter('Brokers taken out because they went silent.'),
  gantry_remoting_connections: gauge('Connections that are open.'),
  gantry_remoting_connections_accepted_total: counter('Connections accepted since the start.'),
  gantry_remoting_malformed_total: counter('Connections closed because of malformed input.'),
} as const;

export function nameServerMeter(registry: MetricsRegistry) {
  return registry.add(meter(nameServerMetrics));
}

export type NameServerMeter = ReturnType<typeof nameServerMeter>;

/** Values that somebody knows anyway are looked up at each scrape. */
export function observe(
  shown: NameServerMeter,
  routes: Routes,
  { counts }: Pick<RemotingServer, 'counts'>,
): void {
  const look = (value: () => number) => () => [{ labels: {}, value: value() }];
  shown.gantry_nameserver_brokers.observe(look(() => routes.live.size));
  shown.gantry_nameserver_topics.observe(look(() => routes.topics.size));
  shown.gantry_remoting_connections.observe(look(() => counts.connections));
  shown.gantry_remoting_connections_accepted_total.observe(look(() => counts.connectionsAccepted));
  shown.gantry_remoting_malformed_total.observe(look(() => counts.malformedFrames));
}
