/** Everything that watches what the operator runs, and the operator: groups of rules, dashboards. */
import { clusterAlerts } from './cluster-alerts.ts';
import { clusterDashboard } from './cluster-dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import { operatorAlerts } from './operator-alerts.ts';
import { operatorDashboard } from './operator-dashboard.ts';
import { recordingRules } from './recording-rules.ts';
import type { RuleGroup } from './rule.ts';

export const ruleGroups: readonly RuleGroup[] = [
  { name: 'gantry-recorded', rules: recordingRules },
  { name: 'gantry-cluster', rules: clusterAlerts },
  { name: 'gantry-operator', rules: operatorAlerts },
];

export const dashboards: readonly Dashboard[] = [clusterDashboard, operatorDashboard];
