import { describe, expect, test } from 'vitest';
import {
  brokerRequests,
  clientRequests,
  containerRequests,
  controllerRequests,
  failures,
  nameServerRequests,
} from '../protocol/mod.ts';
import { findMetrics, findSchemas } from '../tools/tables.ts';
import { readTree } from '../tools/tree.ts';

const pages = new Map(readTree().map(({ path, text }) => [path, text]));
const schemas = await findSchemas();
const metrics = await findMetrics();

/** The names that the rows of a page's tables are about, up to `heading`. */
function documented(page: string, column: number, heading = '\n## Refused'): string[] {
  const [text = ''] = (pages.get(`docs/reference/${page}`) ?? '').split(heading);
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  return rows
    .flatMap(
      (row) => /^\s*`([^`]+)`/.exec(row.split(' | ')[column]?.replace(/^\| /, '') ?? '')?.[1] ?? [],
    )
    .sort();
}

test('every failure is documented, and nothing else is', () => {
  expect(documented('failures.md', 0)).toEqual(Object.keys(failures).sort());
});

test('every request is documented, and nothing else is', () => {
  const tables = [
    nameServerRequests,
    brokerRequests,
    clientRequests,
    controllerRequests,
    containerRequests,
  ];
  expect(documented('requests.md', 1)).toEqual(
    tables.flatMap((table) => Object.keys(table)).sort(),
  );
});

test('every metric is documented, and nothing else is', () => {
  expect(metrics.length).toBeGreaterThan(0);
  expect(documented('metrics.md', 0)).toEqual(
    metrics.flatMap(({ rows }) => Object.keys(rows)).sort(),
  );
});

describe.each(schemas.map((schema) => [schema.role, schema] as const))('%s', (role, schema) => {
  test('every option is documented, and nothing else is', () => {
    expect(documented(`${role}-options.md`, 0)).toEqual(Object.keys(schema.options).sort());
  });

  test('every option says what it means in a sentence', () => {
    for (const [name, { doc }] of Object.entries(schema.options)) {
      expect(doc, name).toMatch(/^[A-Z0-9$`/~].*\.$/s);
    }
  });
});

test('every metric has a name that Prometheus takes, and counters end as counters do', () => {
  for (const { rows } of metrics) {
    for (const [name, { kind, labels, bounds, doc }] of Object.entries(rows)) {
      expect(name).toMatch(
        kind === 'counter' ? /^[a-z][a-z\d_]*_total$/ : /^[a-z][a-z\d_]*(?<!_total)$/,
      );
      for (const label of labels) expect(label).toMatch(/^[a-zA-Z][a-zA-Z\d_]*$/);
      expect([...bounds].sort((left, right) => left - right)).toEqual(bounds);
      expect(doc, name).toMatch(/\.$/);
    }
  }
});
