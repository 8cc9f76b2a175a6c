/** What the operator counts. Queues have the names that client-go gave them, so that dashboards fit. */
import { counter, gauge, histogram, type MetricsRegistry, meter } from '../metrics/mod.ts';

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

export const operatorMetrics = {
  workqueue_depth: gauge('Objects that wait to be looked at.', ['name']),
  workqueue_adds_total: counter('Objects put into the queue.', ['name']),
  workqueue_queue_duration_seconds: histogram('Time in the queue.', SECONDS, ['name']),
  workqueue_work_duration_seconds: histogram('Time in the hands of a worker.', SECONDS, ['name']),
  workqueue_retries_total: counter('Objects put back after a failure.', ['name']),
  workqueue_unfinished_work_seconds: gauge('Sum of the ages of all work under way.', ['name']),
  workqueue_longest_running_processor_seconds: gauge('Age of the oldest work under way.', ['name']),
  gantry_operator_reconciles_total: counter('Reconciles, by how they ended.', ['name', 'result']),
  gantry_operator_leading: gauge('1 while this process is the one that acts.'),
  gantry_operator_cached_objects: gauge('Objects in the caches.', ['resource']),
  gantry_operator_objects: gauge('Objects of our kinds, by what their status says.', [
    'resource',
    'phase',
  ]),
  gantry_operator_stalled_objects: gauge(
    'Objects for which nothing more happens until somebody acts.',
    ['resource', 'reason'],
  ),
  gantry_operator_lists_total: counter('Whole lists read.', ['resource']),
  gantry_operator_watches_total: counter('Watches begun.', ['resource']),
  gantry_operator_watch_restarts_total: counter('Watches that ended otherwise than in order.', [
    'resource',
    'cause',
  ]),
  gantry_operator_watch_silence_seconds: gauge(
    'Time since the API server last said something about a resource.',
    // Not `namespace`: Prometheus has that one for where the operator is.
    ['resource', 'scope'],
  ),
  gantry_operator_api_request_duration_seconds: histogram(
    'Time of requests to the API server, watches apart.',
    SECONDS,
    ['method', 'code'],
  ),
  gantry_operator_events_lost_total: counter('Events that were not written.'),
} as const;

export function operatorMeter(registry: MetricsRegistry) {
  return registry.add(meter(operatorMetrics));
}

export type OperatorMeter = ReturnType<typeof operatorMeter>;
