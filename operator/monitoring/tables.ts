/** Everything that watches what the operator runs, and the operator: groups of rules, dashboards. */
import { clusterAlerts } from './cluster-alerts.ts';
import { clusterDashboard } from './cluster-dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorAlerts } from './operator-alerts.ts';
import { operatorDashboard } from './operator-dashboard.ts';
import { recordingRules } from './recording-rules.ts';
import type { RuleGroup } from './rule.ts';
import { seriesOf, type Watched } from './target-labels.ts';

/** Names of groups are of one rule file: each cluster has its own. */
export function clusterRules(cluster: Watched): RuleGroup[] {
  const picked = seriesOf(cluster);
  return [
    { name: 'gantry-recorded', rules: recordingRules(picked) },
    { name: 'gantry-cluster', rules: clusterAlerts(picked) },
  ];
}

export const operatorRules: readonly RuleGroup[] = [
  { name: 'gantry-operator', rules: operatorAlerts },
];

export const dashboards: readonly Dashboard[] = [clusterDashboard, operatorDashboard];
