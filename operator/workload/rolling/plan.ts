/**
 * Replacing pods that are outdated, one after another, each kind of unit by the same rules: a unit
 * is what serves by itself (a broker group, a name server) and has one pod.
 *
 * Invariants: at most one pod is named; a pod that serves is named only while every other unit but
 * `unavailableMax - 1` serves and has settled; a pod that does not serve and is outdated is named
 * at once, so that reverting a spec always repairs what it broke; only one that was replaced a
 * moment ago waits, longer each time, and one of a node that is cut off: that may serve unseen,
 * and all that were named meanwhile would end together. Once a current pod does not come
 * up in time, nothing that serves is touched any more. What keeps the next pod is a named gate.
 *
 * With replicas a unit has members and a master to be handed over before its pod goes: the choice
 * of the pod within a unit, and the handover before `DeletePod`, have their place in `findNext`.
 */
import type { Gate } from '../../api/vocabulary/gates.ts';
import { timeText } from '../../kube/mod.ts';
import type { HeldGate } from '../gates.ts';
import type { NodeState } from '../node-state.ts';
import type { PodFacts } from '../pod-facts.ts';

export interface Replaced {
  readonly attempts: number;
  readonly lastMs: number;
}

export interface RollUnit {
  readonly name: string;
  readonly pod: PodFacts | undefined;
  /** The revision its pod is to have; undefined while nobody can tell. */
  readonly updateRevision: string | undefined;
  /** Why a pod of the right revision must restart none the less. */
  readonly restart?: string | undefined;
  /** How often its pod was replaced without becoming as it should be, and when last. */
  readonly replaced?: Replaced | undefined;
  /** What its own process says of itself; undefined: no answer. */
  readonly answers: boolean | undefined;
  readonly node: NodeState;
}

export interface RollOptions {
  readonly nowMs: number;
  readonly unavailableMax: number;
  readonly settleMs: number;
  readonly progressDeadlineMs: number;
  readonly skip: ReadonlySet<Gate>;
  /** The gate of a unit that depends on the others, by its name for this kind. */
  readonly othersGate: Gate;
  /** Held by what is not of rolling: a pause, another operation of the same object. */
  readonly held: readonly HeldGate[];
  /** Whether a unit must be known to answer before its pod goes, and the others, or any other. */
  readonly mustAnswer: 'Itself' | 'Another';
  /** Whether the status says already that clients will wait. */
  readonly isAnnounced: boolean;
  /** Whether the status says that a roll was under way. */
  readonly wasRolling: boolean;
}

export interface DeletePod {
  readonly kind: 'DeletePod';
  readonly unit: string;
  readonly pod: string;
  readonly uid: string;
  readonly reason: 'Outdated' | 'Broken';
  readonly message: string;
}

export interface Stuck {
  readonly reason: 'ImagePull' | 'CrashLoop' | 'ProgressDeadline' | 'Evicted' | 'IdentityMismatch';
  readonly message: string;
}

export interface RollPlan {
  readonly action: DeletePod | undefined;
  /** What the next pod waits for. */
  readonly gates: readonly HeldGate[];
  /** Gates that hold and that a person has opened. */
  readonly skipped: readonly Gate[];
  /** Units whose pods have to be replaced. */
  readonly outdated: readonly string[];
  /** Units that nobody else may disrupt now. */
  readonly busy: ReadonlySet<string>;
  readonly stuck: Stuck | undefined;
}

export function planRoll(units: readonly RollUnit[], options: RollOptions): RollPlan {
  const outdated = units.filter(isOutdated);
  const stuck = findStuck(units, options);
  const next = findNext(outdated, options.nowMs);
  const held = next === undefined ? [] : heldFor(next, units, { ...options, stuck });
  const gates = held.filter(({ gate }) => !options.skip.has(gate));
  const mayAct = next !== undefined && gates.length === 0;
  const isRolling = outdated.length > 0 || options.wasRolling;
  const unsettled = units.filter((unit) => !isOutdated(unit) && !isSettled(unit, options));
  const action = mayAct && mayInterrupt(next, options) ? deletionOf(next) : undefined;
  return {
    action,
    gates,
    skipped: mayAct ? held.map(({ gate }) => gate) : [],
    outdated: outdated.map(({ name }) => name),
    busy: new Set([
      ...(mayAct ? [next.name] : []),
      ...(isRolling ? unsettled.map(({ name }) => name) : []),
    ]),
    stuck,
  };
}

/** What has not come up may do so with what was told just now: nobody has seen that yet. */
export function unlessTold<Plan extends { readonly roll: RollPlan }>(
  plan: Plan,
  unsettled: readonly string[],
): Plan {
  return unsettled.length === 0 ? plan : { ...plan, roll: { ...plan.roll, stuck: undefined } };
}

type PresentUnit = RollUnit & { readonly pod: PodFacts };

function isOutdated(unit: RollUnit): unit is PresentUnit {
  const { pod, updateRevision, restart } = unit;
  if (pod === undefined || pod.isGoing || updateRevision === undefined) return false;
  return pod.revision !== updateRevision || restart !== undefined;
}

/** Broken ones first: they serve nobody. One that has to wait holds up no other. */
function findNext(outdated: readonly PresentUnit[], nowMs: number): PresentUnit | undefined {
  const broken = outdated.filter(({ pod }) => !pod.isReady);
  const free = broken.find((unit) => heldByItself(unit, nowMs).length === 0);
  return free ?? broken[0] ?? outdated[0];
}

const BACK_OFF_MS = 10_000;
const BACK_OFF_MS_MAX = 300_000;

/** Whoever changes a spec and changes it back is never kept; only who does so again and again. */
function backOffGates({ name, replaced }: RollUnit, nowMs: number): HeldGate[] {
  if (replaced === undefined || replaced.attempts < 2) return [];
  const { attempts, lastMs } = replaced;
  const untilMs = lastMs + Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS * 2 ** (attempts - 2));
  if (nowMs >= untilMs) return [];
  const message = `the pod of ${name} was replaced ${attempts} times already, and is again at ${timeText(untilMs)}`;
  return [{ gate: 'BackOffOver', message }];
}

function nodeGates({ pod, node }: PresentUnit): HeldGate[] {
  if (node !== 'Unreachable') return [];
  const message = `node ${pod.node} of pod ${pod.name} is cut off, and may still run it`;
  return [{ gate: 'NodeReachable', message }];
}

/** What holds even a pod that does not serve. */
function heldByItself(unit: PresentUnit, nowMs: number): HeldGate[] {
  return [...backOffGates(unit, nowMs), ...nodeGates(unit)];
}

/** Replacing a pod that does not serve interrupts nobody; else it is said before. */
function mayInterrupt({ pod }: PresentUnit, { isAnnounced }: RollOptions): boolean {
  return !pod.isReady || isAnnounced;
}

function deletionOf({ name, pod, restart }: PresentUnit): DeletePod {
  const reason = pod.isReady ? 'Outdated' : 'Broken';
  const why = restart ?? (pod.isReady ? 'it is outdated' : 'it is outdated and not ready');
  const message = `pod ${pod.name} is replaced: ${why}`;
  return { kind: 'DeletePod', unit: name, pod: pod.name, uid: pod.uid, reason, message };
}

interface Judgement extends RollOptions {
  readonly stuck: Stuck | undefined;
}

/** Every gate that holds for replacing the pod of `next` now. */
function heldFor(
  next: PresentUnit,
  units: readonly RollUnit[],
  { stuck, held, ...options }: Judgement,
): HeldGate[] {
  const unseen = units.filter(({ updateRevision }) => updateRevision === undefined);
  const expectations: HeldGate[] = unseen.map(({ name }) => ({
    gate: 'PodExpectationsMet',
    message: `Kubernetes has not seen the newest template of ${name} yet`,
  }));
  const own = heldByItself(next, options.nowMs);
  if (!next.pod.isReady) return [...held.filter(({ gate }) => gate === 'NotPaused'), ...own];
  return [
    ...held,
    ...own,
    ...(stuck === undefined ? [] : [{ gate: 'NoFailedRoll', message: stuck.message } as const]),
    ...expectations,
    ...heldByOthers(next, units, options),
    ...heldBySilence(next, units, options),
  ];
}

function heldByOthers(
  next: RollUnit,
  units: readonly RollUnit[],
  options: Omit<RollOptions, 'held'>,
): HeldGate[] {
  const others = units.filter((unit) => unit !== next);
  const down = others.filter(({ pod }) => pod === undefined || !pod.isReady);
  const up = others.filter((unit) => !down.includes(unit));
  // Readiness is what Kubernetes saw last, and that may be a while ago: an answer is of now.
  const silent = up.filter(({ answers }) => options.mustAnswer === 'Itself' && answers !== true);
  const settling = up.filter((unit) => !silent.includes(unit) && !isSettled(unit, options));
  if (down.length + silent.length + settling.length < options.unavailableMax) return [];
  const gates: HeldGate[] = [];
  if (down.length > 0) {
    gates.push({ gate: options.othersGate, message: `not ready: ${namesOf(down)}` });
  }
  if (silent.length > 0) {
    const message = `no answer to the operator from ${namesOf(silent)}`;
    gates.push({ gate: options.othersGate, message });
  }
  const [newest] = settling;
  if (newest?.pod !== undefined) {
    const until = timeText(newest.pod.readinessSinceMs + options.settleMs);
    const message = `${newest.name} has to stay ready until ${until}`;
    gates.push({ gate: 'LastPodSettled', message });
  }
  return gates;
}

function namesOf(units: readonly RollUnit[]): string {
  return units.map(({ name }) => name).join(', ');
}

function heldBySilence(
  next: RollUnit,
  units: readonly RollUnit[],
  { mustAnswer, othersGate }: Omit<RollOptions, 'held'>,
): HeldGate[] {
  if (mustAnswer === 'Itself') {
    if (next.answers === true) return [];
    return [{ gate: 'BrokersReachable', message: `${next.name} does not answer the operator` }];
  }
  const others = units.filter((unit) => unit !== next);
  if (others.length === 0 || others.some(({ answers }) => answers === true)) return [];
  return [{ gate: othersGate, message: `none but ${next.name} answers the operator` }];
}

function isSettled(
  { pod }: RollUnit,
  { nowMs, settleMs }: Pick<RollOptions, 'nowMs' | 'settleMs'>,
): boolean {
  return pod?.isReady === true && nowMs - pod.readinessSinceMs >= settleMs;
}

const STUCK_REASONS = ['ImagePull', 'CrashLoop', 'Evicted', 'IdentityMismatch'] as const;

/** A current pod that has not come up in time, with the reason that Kubernetes knows. */
function findStuck(
  units: readonly RollUnit[],
  { nowMs, progressDeadlineMs }: RollOptions,
): Stuck | undefined {
  for (const unit of units) {
    const { pod } = unit;
    if (pod === undefined || !isComingUp(unit)) continue;
    const { trouble, readinessSinceMs } = pod;
    // No time mends a volume of another broker.
    const isFinal = trouble?.reason === 'IdentityMismatch';
    if (!isFinal && nowMs - readinessSinceMs < progressDeadlineMs) continue;
    const reason = STUCK_REASONS.find((known) => known === trouble?.reason) ?? 'ProgressDeadline';
    const why = trouble?.message ?? 'nothing says why';
    const since = timeText(readinessSinceMs);
    return { reason, message: `pod ${pod.name} is not ready since ${since}: ${why}` };
  }
  return undefined;
}

/** Whether a pod is current nobody knows before Kubernetes has seen what is wanted now. */
function isComingUp(unit: RollUnit): boolean {
  const { pod, updateRevision } = unit;
  if (pod === undefined || pod.isReady || pod.isGoing) return false;
  return updateRevision !== undefined && !isOutdated(unit);
}
