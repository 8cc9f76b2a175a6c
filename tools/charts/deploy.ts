/**
 * `deploy/operator.yaml`: the chart of the operator as plain manifests, for `kubectl apply`. Only
 * Helm can render a chart, but anybody must be able to tell whether the file is current: it carries
 * the digest of the chart that it was made from, and its own.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { Source } from '../architecture.ts';
import { findHelm, renderChart } from './helm.ts';

const NAMESPACE = 'gantry-system';
const RELEASE = 'gantry-operator';

/** Of Helm, and of no meaning without it. */
const helmLabels = ['helm.sh/chart', 'app.kubernetes.io/managed-by'];

/**
 * What `chart` renders to; `current` is the file there is, which stays when it is of that chart.
 * Throws when it has to be made and there is no Helm.
 */
export function deployedOperator(chart: readonly Source[], current: string | undefined): string {
  const of = digestOf(chart.map(({ path, text }) => `${path}\n${text}`).join('\n'));
  if (current !== undefined && isOf(current, of)) return current;
  const helm = findHelm();
  if (helm === undefined) {
    throw new Error(
      'Cannot make deploy/operator.yaml: it is not of this charts/gantry-operator, and rendering that needs helm, in PATH or named by HELM',
    );
  }
  const text = rendered(helm, chart);
  return `${heading(of, digestOf(text))}${text}`;
}

function heading(chart: string, text: string): string {
  return [
    '# The operator for all namespaces: kubectl apply --server-side -f deploy/crds.yaml -f deploy/operator.yaml',
    '# Made by `npm run generate` from charts/gantry-operator: change that.',
    `# chart ${chart}`,
    `# text ${text}`,
    '',
  ].join('\n');
}

/** Whether `file` was made from the chart with that digest, and not touched since. */
function isOf(file: string, chart: string): boolean {
  const [, of, own, text] =
    /^(?:# [^\n]*\n){2}# chart (\S+)\n# text (\S+)\n(.*)$/s.exec(file) ?? [];
  return of === chart && text !== undefined && own === digestOf(text);
}

function rendered(helm: string, chart: readonly Source[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-chart-'));
  try {
    for (const { path, text } of chart) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const yaml = renderChart(helm, join(folder, 'charts/gantry-operator'), {
      release: RELEASE,
      namespace: NAMESPACE,
      values: ['crds.create=false', 'watch.allNamespaces=true'],
    });
    const objects = parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
    return [namespace(), ...objects.filter((each) => each !== null).map(withoutHelm)]
      .map((object) => `---\n${stringify(object, { lineWidth: 0 })}`)
      .join('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function namespace(): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  };
}

function withoutHelm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHelm);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !helmLabels.includes(key))
      .map(([key, member]) => [key, withoutHelm(member)]),
  );
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
