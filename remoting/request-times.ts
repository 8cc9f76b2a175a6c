/** How long requests take: one histogram with RocketMQ's name and labels, for every kind of server. */
import { histogram, type Meter } from '../metrics/mod.ts';
import { responseCodeName, responseCodes } from '../protocol/mod.ts';
import type { DispatchHooks } from './dispatcher.ts';

/** For a server's table of metrics. */
export const requestMetrics = {
  rocketmq_rpc_latency_milliseconds: histogram(
    'Time from a request to its answer; plain sends and their like are not among them.',
    [1, 3, 5, 7, 10, 100, 1000, 2000, 3000],
    ['protocol_type', 'request_code', 'response_code', 'is_long_polling', 'result'],
  ),
} as const;

/** A dispatcher's hook that times requests. */
export function timeRequests(
  shown: Meter<typeof requestMetrics>,
): NonNullable<DispatchHooks['onDone']> {
  return (name, code, durationMs, oneway) => {
    const answered = code === responseCodes.SYSTEM_ERROR ? 'process_request_failed' : 'success';
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
