import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meter } from './meter.ts';
import { MetricsRegistry, parseLabels } from './registry.ts';
import { counter, gauge, histogram } from './rows.ts';

/** How a component declares its metrics. */
const rows = {
  messages_in_total: counter('Messages accepted.', ['topic', 'message_type']),
  connections: gauge('Open connections.'),
  lag: gauge('Messages not yet consumed.', ['group']),
  message_size: histogram('Bytes of a record.', [1, 10, 100], ['topic']),
} as const;

/** Every line a scrape would show, as `name{label=value} number`. */
function lines(...meters: Parameters<MetricsRegistry['add']>[0][]): string[] {
  const registry = new MetricsRegistry();
  for (const each of meters) registry.add(each);
  return [...registry.families()].flatMap((family) =>
    Array.from(family.samples(), ({ suffix, labels, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return `${family.name}${suffix}{${pairs.join(',')}} ${value}`;
    }),
  );
}

test('a series is the same each time it is asked for, and its own for other labels', () => {
  const { messages_in_total: messages } = meter(rows);
  const orders = messages.labelled({ topic: 'orders', message_type: 'normal' });
  expect(messages.labelled({ message_type: 'normal', topic: 'orders' })).toBe(orders);
  expect(messages.labelled({ topic: 'orders', message_type: 'fifo' })).not.toBe(orders);
});

test('labels that look alike joined together are not the same series', () => {
  const { messages_in_total: messages } = meter(rows);
  const first = messages.labelled({ topic: 'a', message_type: 'bc' });
  expect(messages.labelled({ topic: 'ab', message_type: 'c' })).not.toBe(first);
});

test('a misspelt, missing or superfluous label does not compile', () => {
  const { messages_in_total: messages, connections } = meter(rows);
  // @ts-expect-error: misspelt
  messages.labelled({ topik: 'a', message_type: 'normal' });
  // @ts-expect-error: missing
  messages.labelled({ topic: 'a' });
  // @ts-expect-error: superfluous
  connections.labelled({ topic: 'a' });
  // @ts-expect-error: a counter cannot be set
  expect(() => messages.labelled({ topic: 'a', message_type: 'b' }).set(1)).toThrow(TypeError);
});

test('what was counted is what is shown', () => {
  const metrics = meter(rows);
  metrics.messages_in_total.labelled({ topic: 'orders', message_type: 'normal' }).add(3);
  metrics.messages_in_total.labelled({ topic: 'orders', message_type: 'normal' }).add(2);
  metrics.connections.labelled().set(7);
  metrics.connections.labelled().add(-1);
  metrics.lag.observe(() => [{ labels: { group: 'g' }, value: 12 }]);
  metrics.message_size.labelled({ topic: 'orders' }).observe(10);
  metrics.message_size.labelled({ topic: 'orders' }).observe(1_000);
  expect(lines(metrics)).toEqual([
    'messages_in_total{topic=orders,message_type=normal} 5',
    'connections{} 6',
    'lag{group=g} 12',
    'message_size_bucket{topic=orders,le=1} 0',
    'message_size_bucket{topic=orders,le=10} 1',
    'message_size_bucket{topic=orders,le=100} 1',
    'message_size_bucket{topic=orders,le=+Inf} 2',
    'message_size_sum{topic=orders} 1010',
    'message_size_count{topic=orders} 2',
  ]);
});

test('a bucket holds what is at or below its bound, as a naive count has it', () => {
  const bounds = [0, 1, 5, 25.5];
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -9, max: 99 })), (values) => {
      const metrics = meter({ size: histogram('Size.', bounds) });
      for (const value of values) metrics.size.labelled().observe(value);
      const shown = lines(metrics).filter((line) => line.includes('_bucket'));
      const naive = [...bounds, Number.POSITIVE_INFINITY].map(
        (bound) => values.filter((value) => value <= bound).length,
      );
      // Without an observation there is no series yet.
      const expected = values.length === 0 ? [] : naive;
      expect(shown.map((line) => Number(line.split(' ')[1]))).toEqual(expected);
    }),
  );
});

describe('the bound on series', () => {
  test('sends everything beyond it to one series that says overflow', () => {
    const metrics = meter({ total: counter('Total.', ['topic']) }, 2);
    for (const topic of ['a', 'b', 'c', 'd', 'a']) metrics.total.labelled({ topic }).add(1);
    expect(lines(metrics)).toEqual([
      'total{topic=a} 2',
      'total{topic=b} 1',
      'total{topic=overflow} 2',
    ]);
  });

  test('holds for what is looked up at the scrape', () => {
    const metrics = meter({ lag: gauge('Lag.', ['group']) }, 2);
    const groups = ['a', 'b', 'c'];
    metrics.lag.observe(() => groups.map((group) => ({ labels: { group }, value: 1 })));
    expect(lines(metrics)).toHaveLength(2);
  });

  test('makes room when a series is forgotten', () => {
    const metrics = meter({ total: counter('Total.', ['topic']) }, 1);
    metrics.total.labelled({ topic: 'a' }).add(1);
    metrics.total.forget({ topic: 'a' });
    metrics.total.labelled({ topic: 'b' }).add(1);
    expect(lines(metrics)).toEqual(['total{topic=b} 1']);
  });
});

test('a metric declared by two components is refused', () => {
  expect(() => lines(meter(rows), meter(rows))).toThrow('"messages_in_total" is declared twice');
});

test('metricsLabel is pairs with a colon', () => {
  expect(parseLabels('zone:a, rack:b:1,odd')).toEqual({ zone: 'a', rack: 'b:1' });
  expect(parseLabels('')).toEqual({});
});
