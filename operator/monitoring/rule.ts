/**
 * What a rule of Prometheus is here. Rules and dashboards stand on the labels of `TARGET_LABELS`,
 * which the PodMonitor puts on every series, and on those of the metrics' own tables.
 */

/** On every series of a pod, beside `namespace` and `pod`, which Prometheus puts there itself. */
export const TARGET_LABELS = {
  component: 'app.kubernetes.io/component',
  gantry_cluster: 'gantrymq.io/cluster',
} as const;

/** A series made of others, so that dashboards and alerts are cheap and agree. */
export interface RecordingRule {
  readonly record: `gantry:${string}`;
  readonly expr: string;
}

export interface AlertRule {
  readonly alert: `Gantry${string}`;
  /** Critical: somebody must act now; warning: today. */
  readonly severity: 'critical' | 'warning';
  readonly expr: string;
  /** How long it has to hold, as Prometheus writes durations. */
  readonly for: string;
  /** What is wrong, in one line; `{{ $labels.pod }}` and the like are filled in. */
  readonly summary: string;
  /** What it means and what to look at first. */
  readonly description: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** The group as Prometheus reads it. */
export function formatGroup({ name, rules }: RuleGroup): object {
  return { name, rules: rules.map((rule) => ('alert' in rule ? formatAlert(rule) : rule)) };
}

function formatAlert({ alert, severity, expr, for: holds, summary, description }: AlertRule) {
  return {
    alert,
    expr,
    for: holds,
    labels: { severity },
    annotations: { summary, description },
  };
}
