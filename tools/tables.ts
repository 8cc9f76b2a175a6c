/**
 * The tables that reference pages are made of, found where STYLE.md says a component keeps them:
 * options in `config.ts`, or in `options.ts` where `config/` is a folder, metrics in `metrics.ts`.
 * A new component is found without being listed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Options, Schema } from '../config/mod.ts';
import type { Rows } from '../metrics/mod.ts';
import { mayImport } from './architecture.ts';
import { root } from './tree.ts';

export interface MetricsTable {
  readonly component: string;
  readonly rows: Rows;
}

/** Every role's options, by the name of the role. */
export async function findSchemas(): Promise<Schema<Options>[]> {
  const modules = [...(await modulesNamed('config.ts')), ...(await modulesNamed('options.ts'))];
  return modules
    .flatMap(({ exports }) => exports.filter(isSchema))
    .sort(byName(({ role }) => role));
}

/** Every component's metrics, by the name of the component. */
export async function findMetrics(): Promise<MetricsTable[]> {
  const modules = await modulesNamed('metrics.ts');
  return modules
    .flatMap(({ component, exports }) => {
      return exports.filter(isRows).map((rows) => ({ component, rows }));
    })
    .sort(byName(({ component }) => component));
}

async function modulesNamed(file: string) {
  const present = Object.keys(mayImport).filter((name) => existsSync(join(root, name, file)));
  return Promise.all(
    present.map(async (component) => {
      const url = pathToFileURL(join(root, component, file)).href;
      const exports = Object.values((await import(url)) as Record<string, unknown>);
      return { component, exports };
    }),
  );
}

function isSchema(value: unknown): value is Schema<Options> {
  return hasMembers(value, ['role', 'options', 'elsewhere']);
}

function isRows(value: unknown): value is Rows {
  if (typeof value !== 'object' || value === null) return false;
  const rows = Object.values(value);
  return rows.length > 0 && rows.every((row) => hasMembers(row, ['kind', 'doc', 'labels']));
}

function hasMembers(value: unknown, names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

function byName<T>(name: (item: T) => string): (left: T, right: T) => number {
  return (left, right) => (name(left) < name(right) ? -1 : 1);
}
