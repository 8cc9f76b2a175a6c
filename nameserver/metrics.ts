/** What a name server counts. */
import { counter, gauge, histogram, type MetricsRegistry, meter } from '../metrics/mod.ts';
import { responseCodeName } from '../protocol/mod.ts';
import type { RemotingServer } from '../remoting/mod.ts';
import type { Routes } from './routes.ts';

export const nameServerMetrics = {
  rocketmq_rpc_latency_milliseconds: histogram(
    'Time from a request to its answer, by request and outcome.',
    [1, 3, 5, 7, 10, 100, 1000, 2000, 3000],
    ['protocol_type', 'request_code', 'response_code', 'is_long_polling', 'result'],
  ),
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

/** A dispatcher's hook that times requests. */
export function timeRequests(shown: NameServerMeter) {
  return (name: string, code: number, durationMs: number, oneway: boolean): void => {
    const answered = code === 1 ? 'process_request_failed' : 'success';
    shown.rocketmq_rpc_latency_milliseconds
      .labelled({
        protocol_type: 'remoting',
        request_code: name.toLowerCase(),
        response_code: responseCodeName(code).toLowerCase(),
        is_long_polling: 'false',
        result: oneway ? 'oneway' : answered,
      })
      .observe(durationMs);
  };
}
