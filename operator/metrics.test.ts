import { expect, test } from 'vitest';
import { MetricsRegistry } from '../metrics/mod.ts';
import { operatorMeter, operatorMetrics } from './metrics.ts';

test('every row is shown, under its name', () => {
  const registry = new MetricsRegistry();
  operatorMeter(registry);
  const shown = [...registry.families()].map(({ name }) => name);
  expect(shown).toEqual(Object.keys(operatorMetrics));
});

test('queues count under the names that dashboards for client-go know', () => {
  const names = Object.keys(operatorMetrics).filter((name) => name.startsWith('workqueue_'));
  expect(names).toEqual([
    'workqueue_depth',
    'workqueue_adds_total',
    'workqueue_queue_duration_seconds',
    'workqueue_work_duration_seconds',
    'workqueue_retries_total',
    'workqueue_unfinished_work_seconds',
    'workqueue_longest_running_processor_seconds',
  ]);
});
