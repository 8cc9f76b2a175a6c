/**
 * Writes every generated file; with `--check` writes none and exits with 1 when one is not what it
 * would be, or is there although nothing makes it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { program } from '../cli/program.ts';
import { ownVersion } from '../cli/version.ts';
import type { Source } from './architecture.ts';
import { chartFiles } from './charts.ts';
import { crdFiles } from './crds.ts';
import { withLayers } from './diagram.ts';
import { kindPages, operatorPage } from './operator-pages.ts';
import {
  commandsPage,
  exitCodesPage,
  failuresPage,
  metricsPage,
  optionsPage,
  requestsPage,
} from './reference.ts';
import { brokerRequestStates } from './served-requests.ts';
import { findMetrics, findSchemas } from './tables.ts';
import { readTree, root } from './tree.ts';

/** Pages of `docs/reference/` that people write. */
const written: readonly string[] = ['docs/reference/glossary.md'];

/** Folders that hold nothing but what is made, and the pages above. */
const madeFolders: readonly string[] = [
  'docs/reference/',
  'crds/',
  'charts/gantry-operator/files/',
  'deploy/',
];

/** Every generated file with the text it should have. */
export async function generated(): Promise<Source[]> {
  const [schemas, metrics, ofBroker] = await Promise.all([
    findSchemas(),
    findMetrics(),
    brokerRequestStates(),
  ]);
  const architecture = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const tree = readTree();
  const crds = crdFiles();
  return [
    ...crds,
    ...chartFiles(tree, crds, ownVersion()),
    { path: 'ARCHITECTURE.md', text: withLayers(architecture) },
    { path: 'docs/reference/requests.md', text: requestsPage(ofBroker) },
    { path: 'docs/reference/failures.md', text: failuresPage() },
    { path: 'docs/reference/metrics.md', text: metricsPage(metrics) },
    { path: 'docs/reference/commands.md', text: commandsPage(program()) },
    { path: 'docs/reference/exit-codes.md', text: exitCodesPage() },
    { path: 'docs/reference/operator.md', text: operatorPage() },
    ...kindPages(),
    ...schemas.map((schema) => ({
      path: `docs/reference/${schema.role}-options.md`,
      text: optionsPage(schema),
    })),
  ];
}

export interface Stale {
  readonly path: string;
  readonly problem: 'is missing' | 'is not current' | 'is made by nothing';
}

/** What differs between the files there are and those there should be. */
export function staleFiles(files: readonly Source[], expected: readonly Source[]): Stale[] {
  const found = new Map(files.map(({ path, text }) => [path, text]));
  const known = new Set([...written, ...expected.map(({ path }) => path)]);
  const differing = expected.filter(({ path, text }) => found.get(path) !== text);
  const orphans = files.filter(
    ({ path }) => madeFolders.some((folder) => path.startsWith(folder)) && !known.has(path),
  );
  return [
    ...differing.map(({ path }): Stale => {
      return { path, problem: found.has(path) ? 'is not current' : 'is missing' };
    }),
    ...orphans.map(({ path }): Stale => ({ path, problem: 'is made by nothing' })),
  ];
}

async function main(check: boolean): Promise<void> {
  const expected = await generated();
  const stale = staleFiles(readTree(), expected);
  for (const { path, problem } of stale) {
    if (check) process.stderr.write(`${path} ${problem}: run npm run generate\n`);
    else if (problem === 'is made by nothing') rmSync(join(root, path));
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), expected.find((file) => file.path === path)?.text ?? '');
    }
  }
  process.exitCode = check && stale.length > 0 ? 1 : 0;
}

if (import.meta.main) await main(process.argv.includes('--check'));
