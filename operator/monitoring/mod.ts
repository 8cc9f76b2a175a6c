/** What watches clusters and the operator, as tables and in the forms that Prometheus and Grafana read. */
export { formatDashboard } from './dashboard.ts';
export { dashboardMap, podMonitor, prometheusRule } from './objects.ts';
export { type AlertRule, formatGroup } from './rule.ts';
export { clusterRules, dashboards, operatorRules } from './tables.ts';
export { relabelings } from './target-labels.ts';
