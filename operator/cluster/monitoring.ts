/**
 * What `spec.monitoring` asks for: a PodMonitor, a PrometheusRule and a dashboard, made and taken
 * away again. They belong to the cluster and go with it. Nothing of this holds up the cluster: what
 * cannot be made is said in a condition of its own, and tried again at the next look.
 */
import type { RocketMQCluster } from '../api/rocketmq-cluster.ts';
import type { ReasonOf, StatedCondition } from '../api/vocabulary/conditions.ts';
import {
  type Context,
  type Desired,
  KubeError,
  type KubeObject,
  type Resource,
  resources,
  sweep,
} from '../kube/mod.ts';
import { dashboardMap, podMonitor, prometheusRule } from '../monitoring/mod.ts';
import { applyAll } from '../workload/stages.ts';
import type { ServedKinds } from './served-kinds.ts';

export type MonitoringCondition = StatedCondition & { readonly type: 'MonitoringApplied' };

interface MonitoringPlan {
  readonly wanted: readonly Desired[];
  /** Of these kinds there is to be none. */
  readonly unwanted: readonly Resource[];
  /** Fields that ask for what cannot be made here, with the kind that is missing. */
  readonly missing: readonly { readonly field: string; readonly kind: string }[];
}

/** Of kinds that an add-on brings, the Prometheus operator. */
const addOns = [
  { field: 'podMonitor', resource: resources.podMonitors, render: podMonitor },
  { field: 'prometheusRule', resource: resources.prometheusRules, render: prometheusRule },
] as const;

/** Pure: `served` are the kinds of add-ons that this Kubernetes knows. */
function planMonitoring(cluster: RocketMQCluster, served: readonly Resource[]): MonitoringPlan {
  const { monitoring } = cluster.spec;
  const wanted: Desired[] = [];
  const unwanted: Resource[] = [];
  const missing: { readonly field: string; readonly kind: string }[] = [];
  for (const { field, resource, render } of addOns) {
    const mode = monitoring[field];
    if (served.includes(resource)) {
      if (mode === 'Disabled') unwanted.push(resource);
      else wanted.push(render(cluster));
    } else if (mode === 'Enabled') {
      missing.push({ field: `spec.monitoring.${field}`, kind: resource.kind });
    }
  }
  if (monitoring.dashboards) wanted.push(dashboardMap(cluster));
  else unwanted.push(resources.configMaps);
  return { wanted, unwanted, missing };
}

/** Makes it so, and says how it is. */
export async function applyMonitoring(
  object: KubeObject,
  cluster: RocketMQCluster,
  served: ServedKinds,
  context: Context,
): Promise<MonitoringCondition> {
  try {
    const known: Resource[] = [];
    for (const { resource } of addOns) {
      if (await served.has(resource, context)) known.push(resource);
    }
    const plan = planMonitoring(cluster, known);
    for (const resource of plan.unwanted) await sweep(context, object, resource, []);
    const failures: Error[] = [];
    const { problems } = await applyAll({ context, object, failures }, plan.wanted);
    return conditionOf(plan, problems, failures);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return said('Unknown', 'Unknown', error.message);
  }
}

function conditionOf(
  { wanted, missing }: MonitoringPlan,
  problems: readonly { readonly message: string }[],
  failures: readonly Error[],
): MonitoringCondition {
  if (problems.length > 0) return said('False', 'Refused', sentences(problems));
  if (failures.length > 0) return said('Unknown', 'Unknown', sentences(failures));
  if (missing.length > 0) {
    const each = missing.map(
      ({ field, kind }) =>
        `${field} is Enabled, but Kubernetes does not know the kind ${kind}: install the Prometheus operator, or say Auto`,
    );
    return said('False', 'KindMissing', each.join('\n'));
  }
  if (wanted.length === 0) return said('True', 'NothingWanted', 'there is nothing to be made');
  const names = wanted.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  return said('True', 'Applied', names.join(', '));
}

function sentences(all: readonly { readonly message: string }[]): string {
  return all.map(({ message }) => message).join('\n');
}

/** Where nobody has looked: what was seen before still counts. */
export const NOT_LOOKED: MonitoringCondition = said('Unknown', 'Unknown', 'nobody has looked yet');

function said(
  status: MonitoringCondition['status'],
  reason: ReasonOf<'MonitoringApplied'>,
  message: string,
): MonitoringCondition {
  return { type: 'MonitoringApplied', status, reason, message };
}
