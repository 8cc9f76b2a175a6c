/** The status of a `RocketMQCluster`: a roll-up of its components. Pure. */
import type { Child } from '../api/children.ts';
import type { ClusterStatus } from '../api/status/rocketmq-cluster.ts';
import type { Phase } from '../api/status/shared.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { ReasonOf, StatedCondition } from '../api/vocabulary/conditions.ts';
import { stampConditions } from '../kube/mod.ts';
import type { LiveChild } from './live-child.ts';
import { type MonitoringCondition, NOT_LOOKED } from './monitoring.ts';
import {
  type ClusterPlan,
  childName,
  type Observed,
  ownName,
  shownChild,
  wantedChildren,
} from './plan.ts';

export interface StatusFacts {
  readonly observed: Observed;
  readonly plan: ClusterPlan;
  /** Why the spec cannot be used. */
  readonly unusable: ClusterPlan['stalled'];
  /** Undefined where nobody has looked. */
  readonly monitoring: MonitoringCondition | undefined;
  readonly before: ClusterStatus;
  readonly key: { readonly name: string; readonly namespace: string };
  readonly generation: number;
  readonly nowMs: number;
}

const MESSAGE_MAX = 1024;

export function clusterStatus(facts: StatusFacts): ClusterStatus {
  const { observed, before, key, generation, nowMs } = facts;
  const { children } = observed;
  const absent = absentChildren(observed);
  const missing = absent.map(childName);
  const upgrade = upgradeOf(facts);
  const sets = children.filter(({ kind, isGoing }) => kind === 'BrokerSet' && !isGoing);
  const conditions = conditionsOf(facts, { missing, upgrade });
  const version = commonVersion(children) ?? before.version;
  // The API server does not keep a list that becomes empty: it would be written once more.
  const components = [...children.map(componentOf), ...absent.map(absentComponent)];
  const endpoints = endpointsOf(children, key);
  return {
    observedGeneration: generation,
    phase: phaseOf(facts, { missing, upgrade }),
    conditions: stampConditions(conditions, { generation, nowMs }),
    ...(components.length > 0 && { components }),
    groups: sets.reduce((sum, { groups }) => sum + groups, 0),
    readyGroups: sets.reduce((sum, { readyGroups }) => sum + readyGroups, 0),
    ...(version === undefined ? {} : { version }),
    ...(upgrade === undefined ? {} : { upgrade }),
    ...(endpoints.length > 0 && { endpoints }),
  };
}

/** Components that are wanted and not there. */
function absentChildren({ manifest, version, children }: Observed): Child[] {
  if (manifest === undefined) return [];
  const there = new Set(children.map(shownChild));
  return wantedChildren(manifest, version).filter((child) => !there.has(childName(child)));
}

function absentComponent(child: Child) {
  const why = { ready: false, reason: 'Creating', message: 'it is not there yet' };
  return { kind: child.kind, name: ownName(child), ...why };
}

function componentOf(child: LiveChild) {
  const { kind, name, isReady, isGoing, reason, message } = child;
  if (isReady) return { kind, name, ready: true };
  const why = isGoing ? 'Deleting' : reason;
  return { kind, name, ready: false, reason: why, message: message.slice(0, MESSAGE_MAX) };
}

/** What all components run; undefined while they do not agree. */
function commonVersion(children: readonly LiveChild[]): string | undefined {
  const versions = new Set(children.map(({ version }) => version));
  const [only] = versions;
  return versions.size === 1 ? only : undefined;
}

/**
 * From the first component that is given another version until all of them run it. It is told from
 * what is seen: a component to be upgraded, or one that has not come back since.
 */
function upgradeOf({ plan, observed, before }: StatusFacts): ClusterStatus['upgrade'] {
  const { manifest, isDeleting, version } = observed;
  if (manifest === undefined || isDeleting) return undefined;
  const step = upgradeStep(plan, observed, before.upgrade !== undefined);
  if (step === undefined) return undefined;
  const from = before.upgrade?.from ?? before.version;
  const to = manifest.spec.image ?? manifest.spec.version ?? version;
  return { ...(from === undefined ? {} : { from }), to, step };
}

/** The component whose turn it is. */
function upgradeStep(
  plan: ClusterPlan,
  { children }: Observed,
  isUnderWay: boolean,
): string | undefined {
  for (const action of plan.actions) {
    if (action.kind === 'Apply' && action.upgradeTo !== undefined) return childName(action.child);
  }
  const there = children.map(shownChild);
  const held = plan.waiting.find((name) => there.includes(name));
  const unsettled = children.find(({ isSettled }) => !isSettled);
  if (held === undefined && !isUnderWay) return undefined;
  return unsettled === undefined ? held : shownChild(unsettled);
}

interface Standing {
  readonly missing: readonly string[];
  readonly upgrade: ClusterStatus['upgrade'];
}

function phaseOf(facts: StatusFacts, { missing, upgrade }: Standing): Phase {
  const { observed, before } = facts;
  const { children, isDeleting } = observed;
  if (isDeleting) return 'Deleting';
  if (stalledBy(facts) !== undefined) return 'Failed';
  if (children.length === 0) return 'Pending';
  if (missing.length > 0) return 'Creating';
  if (upgrade !== undefined) return 'Updating';
  if (children.some(({ isGoing }) => isGoing)) return 'Draining';
  return phaseOfChildren(children, before.phase);
}

/** Of a cluster with all its components and no plan of its own. */
function phaseOfChildren(children: StatusFacts['observed']['children'], before?: Phase): Phase {
  const unready = children.filter(({ isReady }) => !isReady);
  const busy = children.filter(({ isReady, work }) => isReady && work !== undefined);
  const working = [...unready, ...busy].find(
    ({ phase }) => phase !== undefined && AT_WORK.includes(phase),
  );
  if (working?.phase !== undefined) return working.phase;
  if (unready.length === 0) return 'Ready';
  return before === undefined || before === 'Pending' ? 'Creating' : 'Degraded';
}

const AT_WORK: readonly Phase[] = ['Creating', 'Updating', 'Scaling', 'Draining', 'Suspended'];

/** Its own reason first, else that of a component: a person has to act either way. */
function stalledBy({ plan, unusable, observed }: StatusFacts): ClusterPlan['stalled'] {
  const own = unusable ?? plan.stalled;
  if (own !== undefined) return own;
  const child = observed.children.find(({ stalled }) => stalled !== undefined);
  if (child?.stalled === undefined) return undefined;
  return {
    reason: child.stalled.reason,
    message: `${shownChild(child)}: ${child.stalled.message}`,
  };
}

function conditionsOf(facts: StatusFacts, standing: Standing): StatedCondition[] {
  const { observed } = facts;
  const stalled = stalledBy(facts);
  const reconciling = reconcilingOf(facts, { ...standing, stalled });
  return [
    readyOf(facts, standing),
    ...(reconciling === undefined ? [] : [reconciling]),
    ...(stalled === undefined
      ? []
      : [{ type: 'Stalled', status: 'True', ...stalled } as const satisfies StatedCondition]),
    observed.isPaused
      ? { type: 'Paused', status: 'True', reason: 'ByAnnotation', message: PAUSED }
      : { type: 'Paused', status: 'False', reason: 'NotPaused', message: 'changes are made' },
    monitoringOf(facts),
  ];
}

const PAUSED = `nothing is changed while the annotation ${annotations.paused.name} is "true"`;

/** What was seen last still counts where nobody has looked. */
function monitoringOf({ monitoring, before }: StatusFacts): MonitoringCondition {
  if (monitoring !== undefined) return monitoring;
  for (const condition of before.conditions ?? []) {
    if (condition.type === 'MonitoringApplied') {
      const { type, status, reason, message } = condition;
      return { type, status, reason, message };
    }
  }
  return NOT_LOOKED;
}

function readyOf(facts: StatusFacts, { missing, upgrade }: Standing): StatedCondition {
  const { observed } = facts;
  const ready = (
    reason: 'Stalled' | 'Deleting' | 'ComponentsNotReady' | 'Creating',
    message: string,
  ) => ({ type: 'Ready', status: 'False', reason, message }) as const;
  if (observed.isDeleting) return ready('Deleting', 'its components are being removed');
  const unready = observed.children.filter(({ isReady, isGoing }) => !isReady && !isGoing);
  const own = facts.unusable ?? facts.plan.stalled;
  if (own !== undefined) return ready('Stalled', own.message);
  if (unready.length > 0) {
    const each = unready.map((child) => `${shownChild(child)}: ${child.message}`);
    return ready('ComponentsNotReady', each.join('\n'));
  }
  if (missing.length > 0) return ready('Creating', `yet to be made: ${missing.join(', ')}`);
  if (upgrade !== undefined) {
    return ready('ComponentsNotReady', `${upgrade.step} gets ${upgrade.to}`);
  }
  const message = `all ${observed.children.length} components are ready`;
  return { type: 'Ready', status: 'True', reason: 'AllReady', message };
}

function reconcilingOf(
  { observed, plan }: StatusFacts,
  { missing, upgrade, stalled }: Standing & { readonly stalled: ClusterPlan['stalled'] },
): StatedCondition | undefined {
  const going = observed.children.filter(({ isGoing }) => isGoing);
  const reconciling = (reason: ReasonOf<'Reconciling'>, message: string): StatedCondition => {
    return { type: 'Reconciling', status: 'True', reason, message };
  };
  const after = plan.heldBy === undefined ? '' : `, after ${plan.heldBy}`;
  if (observed.isDeleting) {
    const left = observed.children.map(shownChild).join(', ');
    return reconciling('Deleting', left === '' ? 'no component is left' : `yet to go: ${left}`);
  }
  if (missing.length > 0) return reconciling('Creating', `${missing.join(', ')}${after}`);
  if (upgrade !== undefined) {
    return reconciling('Upgrading', `${upgrade.step} gets ${upgrade.to}${after}`);
  }
  if (going.length > 0) {
    const each = going.map((child) => `${shownChild(child)}: ${child.message}`);
    return reconciling('Draining', each.join('\n'));
  }
  if (plan.kept.length > 0) {
    return reconciling('GateHeld', `until another set is ready: ${plan.kept.join(', ')} stays`);
  }
  const busy = observed.children.filter(({ work }) => work !== undefined);
  const [first] = busy;
  if (first?.work === undefined || stalled !== undefined) return undefined;
  const each = busy.map((child) => `${shownChild(child)}: ${child.work?.message}`);
  return reconciling(first.work.reason, each.join('\n'));
}

function endpointsOf(children: readonly LiveChild[], { name, namespace }: StatusFacts['key']) {
  const nameServer = children.find(({ kind }) => kind === 'NameServer');
  if (nameServer === undefined) return [];
  const service = `${name}-nameserver.${namespace}.svc:9876`;
  const all = nameServer.addresses.join(';');
  return [
    ...(all === '' ? [] : [{ name: 'nameservers', address: all }]),
    { name: 'nameserver-service', address: service },
  ];
}
