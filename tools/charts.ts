/**
 * The generated parts of the charts, and `deploy/` from them: CRDs and what people may do with them,
 * the rules of the operator's Roles, its alert rules and dashboards, the versions, the schema of a
 * cluster's values.
 */
import { stringify } from 'yaml';
import { definitions } from '../operator/api/definitions.ts';
import { type Resource, resources } from '../operator/kube/mod.ts';
import {
  dashboards,
  formatDashboard,
  formatGroup,
  operatorRules,
  relabelings,
} from '../operator/monitoring/mod.ts';
import type { Source } from './architecture.ts';
import { clusterValuesSchema } from './charts/cluster-values.ts';
import { deployedOperator } from './charts/deploy.ts';
import { peopleRoles } from './charts/people.ts';
import { roleRules } from './charts/rules.ts';

const OPERATOR = 'charts/gantry-operator';
const CLUSTER = 'charts/gantry-cluster';
const RULES = `${OPERATOR}/files/rbac.yaml`;
const DEPLOYED = 'deploy/operator.yaml';

/** Of the charts in `tree`, with `crds` as their CRDs, every file that is made. */
export function chartFiles(
  tree: readonly Source[],
  crds: readonly Source[],
  version: string,
): Source[] {
  const roles = Object.entries(peopleRoles(Object.values(definitions))).map(([name, role]) =>
    yaml(`${OPERATOR}/files/people/${name}.yaml`, role),
  );
  const made = [
    ...crds.map(({ path, text }) => ({
      path: path.replace(/^crds\//, `${OPERATOR}/files/crds/`),
      text,
    })),
    ...roles,
    yaml(RULES, roleRules(Object.values<Resource>(resources))),
    yaml(`${OPERATOR}/files/rules.yaml`, { groups: operatorRules.map(formatGroup) }),
    yaml(`${OPERATOR}/files/relabelings.yaml`, relabelings()),
    ...dashboards.map((dashboard) => ({
      path: `${OPERATOR}/files/dashboards/${dashboard.uid}.json`,
      text: `${JSON.stringify(formatDashboard(dashboard), null, 2)}\n`,
    })),
    versioned(tree, `${OPERATOR}/Chart.yaml`, version),
    versioned(tree, `${CLUSTER}/Chart.yaml`, version),
    {
      path: `${CLUSTER}/values.schema.json`,
      text: `${JSON.stringify(clusterValuesSchema(), null, 2)}\n`,
    },
  ];
  const [current] = tree.filter(({ path }) => path === DEPLOYED);
  return [
    ...made,
    {
      path: 'deploy/crds.yaml',
      text: [...crds, ...roles].map(({ text }) => `---\n${text}`).join(''),
    },
    { path: DEPLOYED, text: deployedOperator(operatorChart(tree, made), current?.text) },
  ];
}

/** What can change how the chart renders by default: what people wrote, and the rules of Roles. */
export function operatorChart(tree: readonly Source[], made: readonly Source[] = []): Source[] {
  const all = new Map([...tree, ...made].map((file) => [file.path, file]));
  return [...all.values()]
    .filter(({ path }) => path.startsWith(`${OPERATOR}/`) && !path.endsWith('.md'))
    .filter(({ path }) => !path.includes('/files/') || path === RULES)
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

function versioned(tree: readonly Source[], path: string, version: string): Source {
  const text = tree.find((file) => file.path === path)?.text ?? '';
  return { path, text: text.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`) };
}

function yaml(path: string, value: unknown): Source {
  return {
    path,
    text: `# Made by \`npm run generate\`: see tools/charts.ts.\n${stringify(value)}`,
  };
}
