import { expect, test } from 'vitest';
import { MetricsRegistry } from '../metrics/mod.ts';
import { timeRequests } from '../remoting/mod.ts';
import { nameServerMeter, nameServerMetrics, observe } from './metrics.ts';
import { Routes } from './routes.ts';

test('every metric of the table is shown, with what it counted', () => {
  const registry = new MetricsRegistry();
  const shown = nameServerMeter(registry);
  const counts = {
    connections: 3,
    connectionsAccepted: 7,
    connectionsRefused: 0,
    connectionsIdled: 0,
    malformedFrames: 2,
    bytesIn: 0,
  };
  observe(shown, new Routes({ deleteTopicWithBrokerRegistration: false }), { counts });
  const onDone = timeRequests(shown);
  onDone('GET_ROUTEINFO_BY_TOPIC', 17, 4, false);
  onDone('BROKER_HEARTBEAT', 0, 4, true);
  onDone('REGISTER_BROKER', 1, 4, false);
  shown.gantry_nameserver_brokers_expired_total.labelled().add(1);
  const families = new Map(
    [...registry.families()].map((family) => [family.name, [...family.samples()]]),
  );
  expect([...families.keys()]).toEqual(Object.keys(nameServerMetrics));
  for (const [name, samples] of families) expect(samples.length, name).toBeGreaterThan(0);
  const value = (name: string) => families.get(name)?.[0]?.value;
  expect(value('gantry_remoting_connections')).toBe(3);
  expect(value('gantry_remoting_malformed_total')).toBe(2);
  const outcomes = families.get('rocketmq_rpc_latency_milliseconds')?.map(({ labels }) => {
    return `${labels['request_code']} ${labels['response_code']} ${labels['result']}`;
  });
  expect(new Set(outcomes)).toEqual(
    new Set([
      'get_routeinfo_by_topic topic_not_exist success',
      'broker_heartbeat success oneway',
      'register_broker system_error process_request_failed',
    ]),
  );
});
