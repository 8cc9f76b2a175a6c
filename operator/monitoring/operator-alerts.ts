/**
 * What somebody should be told of the operator. None of it is critical: clusters serve on without
 * it, but nothing is repaired, changed or added.
 */
import type { AlertRule } from './rule.ts';

export const operatorAlerts: readonly AlertRule[] = [
  {
    alert: 'GantryOperatorDown',
    severity: 'warning',
    expr: 'sum by (namespace, job) (up{component="operator"}) == 0',
    for: '5m',
    summary: 'No operator answers in {{ $labels.namespace }}.',
    description:
      'Clusters serve on; nothing is repaired and no change is carried out. Look at its Deployment.',
  },
  {
    alert: 'GantryOperatorNotLeading',
    severity: 'warning',
    expr: 'max by (namespace, job) (gantry_operator_leading) == 0',
    for: '5m',
    summary: 'No operator leads in {{ $labels.namespace }}.',
    description:
      'They run and wait for the lease: somebody else holds it, or they may not write it. Their log says which.',
  },
  {
    alert: 'GantryReconcileFailing',
    severity: 'warning',
    expr: [
      'sum by (namespace, job, name) (rate(gantry_operator_reconciles_total{result="error"}[10m]))',
      '/ sum by (namespace, job, name) (rate(gantry_operator_reconciles_total[10m])) > 0.2',
    ].join('\n'),
    for: '15m',
    summary:
      '{{ $value | humanizePercentage }} of the looks at objects of {{ $labels.name }} fail.',
    description:
      'Each is tried again, later each time. Events of the objects and the log of the operator say why.',
  },
  {
    alert: 'GantryReconcileStuck',
    severity: 'warning',
    expr: 'max by (namespace, job, name) (workqueue_longest_running_processor_seconds{component="operator"}) > 180',
    for: '5m',
    summary: 'A reconcile of {{ $labels.name }} does not end.',
    description: 'Its deadline is two minutes. The log has the object; a restart is harmless.',
  },
  {
    alert: 'GantryObjectsStalled',
    severity: 'warning',
    expr: 'max by (namespace, job, resource, reason) (gantry_operator_stalled_objects) > 0',
    for: '15m',
    summary: '{{ $value }} {{ $labels.resource }} are stalled: {{ $labels.reason }}.',
    description:
      'The operator does nothing more for them until somebody changes them. Their condition `Stalled` says what is wrong.',
  },
  {
    alert: 'GantryOperatorBehind',
    severity: 'warning',
    expr: 'max by (namespace, job, name) (workqueue_depth{component="operator"}) > 50',
    for: '15m',
    summary: '{{ $value }} objects of {{ $labels.name }} wait for the operator.',
    description: 'It does more than it can: raise `concurrency` and its processor, or split it.',
  },
  {
    alert: 'GantryOperatorBlocked',
    severity: 'warning',
    expr: 'nodejs_eventloop_lag_p99_seconds{component="operator"} > 0.5',
    for: '10m',
    summary: '{{ $labels.pod }} stalls for {{ $value | humanizeDuration }}.',
    description: 'It lacks processor or memory: raise the requests and limits of `resources`.',
  },
  {
    alert: 'GantryOperatorBlind',
    severity: 'warning',
    expr: 'max by (namespace, job, resource) (gantry_operator_watch_silence_seconds) > 600',
    for: '5m',
    summary: 'The operator has heard nothing of {{ $labels.resource }} for ten minutes.',
    description: 'It lists them every five minutes at least: the API server does not answer it.',
  },
  {
    // Reads are refused by design where it has Roles only; a watch that is refused is silent.
    alert: 'GantryOperatorForbidden',
    severity: 'warning',
    expr: 'sum by (namespace, job, method) (rate(gantry_operator_api_request_duration_seconds_count{method!="GET", code=~"401|403"}[10m])) > 0',
    for: '15m',
    summary: 'The API server refuses {{ $labels.method }} requests of the operator.',
    description:
      'It lacks a right: compare its Roles with those of this version’s chart. Its log names the resource.',
  },
];
