/** What a rule of Prometheus is here: a series made of others, or an alert. */

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
