/**
 * The text that `/metrics` answers, by prom-client: our series beside its process metrics (CPU,
 * memory, event loop lag, garbage collection, file descriptors) under the ecosystem's names.
 *
 * Only loaded at the first scrape: prom-client costs some 30 ms and 13 MiB, which neither a start
 * nor a process that nobody scrapes should pay.
 */
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Family, MetricsRegistry } from './registry.ts';

export interface Exposition {
  readonly contentType: string;
  print(): Promise<string>;
}

export function exposition(metrics: MetricsRegistry): Exposition {
  const registry = new Registry();
  registry.setDefaultLabels({ ...metrics.labels });
  collectDefaultMetrics({ register: registry });
  for (const family of metrics.families()) registry.registerMetric(scraped(family));
  return { contentType: registry.contentType, print: () => registry.metrics() };
}

/** What prom-client asks of a metric: its values, at the moment of the scrape. */
function scraped(family: Family): Metric {
  const { name, kind, doc } = family;
  const metric = {
    name,
    get: () => {
      const values = Array.from(family.samples(), ({ suffix, labels, value }) => {
        return { metricName: `${name}${suffix}`, labels, value };
      });
      return Promise.resolve({ name, help: doc, type: kind, aggregator: 'sum', values });
    },
  };
  // Its types name its own classes, whose counting we do not use; its registry only calls `get`.
  return metric as unknown as Metric;
}
