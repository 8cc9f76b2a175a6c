import { expect, test } from 'vitest';
import { MetricsRegistry, meter } from '../metrics/mod.ts';
import { requestMetrics, timeRequests } from './request-times.ts';

test.each([
  ['GET_ROUTEINFO_BY_TOPIC', 17, false, 'topic_not_exist', 'success'],
  ['BROKER_HEARTBEAT', 0, true, 'success', 'oneway'],
  ['REGISTER_BROKER', 1, false, 'system_error', 'process_request_failed'],
])('%s answered with %i counts under the names that dashboards know', (name, code, ...rest) => {
  const [isOneway, response, result] = rest;
  const registry = new MetricsRegistry();
  const shown = registry.add(meter(requestMetrics));
  timeRequests(shown)(name, code, 4, isOneway);
  const [series] = [...registry.families()].flatMap((family) => [...family.samples()]);
  expect(series?.labels).toMatchObject({
    protocol_type: 'remoting',
    request_code: name.toLowerCase(),
    response_code: response,
    is_long_polling: 'false',
    result,
  });
});
