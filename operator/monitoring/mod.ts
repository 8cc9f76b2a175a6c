/** What watches clusters and the operator, as tables and in the forms that Prometheus and Grafana read. */
export { type Dashboard, formatDashboard } from './dashboard.ts';
export { type AlertRule, formatGroup, type RuleGroup, TARGET_LABELS } from './rule.ts';
export { dashboards, ruleGroups } from './tables.ts';
