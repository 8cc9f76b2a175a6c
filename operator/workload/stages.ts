/**
 * Stages of a reconcile, each with its own failure, so that none keeps the next from what it would
 * repair. What the API server refuses for good is a problem, for the status; what trying again may
 * mend is a failure, thrown when all stages are through.
 */
import {
  applyChild,
  type Context,
  type Desired,
  ForeignObjectError,
  inParallel,
  isBug,
  type KubeObject,
} from '../kube/mod.ts';
import { type ApiProblem, findApiProblem } from './api-problem.ts';
import { report } from './report.ts';

/** Children of one object that are applied at once. */
const APPLIES_AT_ONCE = 4;

export interface Stages {
  readonly context: Context;
  readonly object: KubeObject;
  /** Added to as stages fail. */
  readonly failures: Error[];
}

export interface Applied {
  readonly problems: readonly ApiProblem[];
  /** Workloads that are new or were changed just now: what becomes of their pods nobody has seen. */
  readonly changed: readonly string[];
}

/**
 * Every object by itself: what is refused of one leaves the others alone. Workloads are the last, and
 * one whose files could not be written is not told of them: its pods would start from the old ones,
 * and nothing would restart them when the new ones are there.
 */
export async function applyAll(
  { context, object, failures }: Stages,
  desired: readonly Desired[],
): Promise<Applied> {
  const apply = (one: Desired): Promise<Outcome> => applyOne(context, object, one);
  const others = desired.filter((one) => !isWorkload(one));
  const parts = await inParallel(APPLIES_AT_ONCE, others, apply);
  const missing = others.filter((one, at) => isFile(one) && !isDone(parts[at]));
  const tellable = desired.filter((one) => isWorkload(one) && !mountsAny(one, missing));
  const workloads = await inParallel(APPLIES_AT_ONCE, tellable, apply);
  const outcomes = [...parts, ...workloads];
  failures.push(...outcomes.flatMap(({ failure }) => failure ?? []));
  return {
    problems: outcomes.flatMap(({ problem }) => problem ?? []),
    changed: workloads.flatMap(({ changed }) => changed ?? []),
  };
}

interface Outcome {
  readonly problem?: ApiProblem;
  readonly failure?: Error;
  readonly changed?: string | undefined;
}

async function applyOne(context: Context, object: KubeObject, one: Desired): Promise<Outcome> {
  context.signal.throwIfAborted();
  try {
    const hasChanged = await applyChild(context, object, one);
    return { changed: hasChanged ? one.metadata.name : undefined };
  } catch (error) {
    const problem = findApiProblem(error, one.kind);
    const isFailure = problem === undefined || isOfFormer(object, error);
    return isFailure ? { failure: asError(error) } : { problem };
  }
}

function isWorkload({ kind }: Desired): boolean {
  return kind === 'StatefulSet';
}

function isFile({ kind }: Desired): boolean {
  return kind === 'ConfigMap';
}

function isDone(outcome: Outcome | undefined): boolean {
  return outcome?.problem === undefined && outcome?.failure === undefined;
}

/** As far as it says what its pods mount. */
interface Mounting extends Desired {
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly volumes?: readonly { readonly configMap?: { readonly name?: string } }[];
      };
    };
  };
}

function mountsAny(workload: Mounting, configMaps: readonly Desired[]): boolean {
  const mounted = workload.spec?.template?.spec?.volumes?.map(({ configMap }) => configMap?.name);
  return configMaps.some(({ metadata }) => mounted?.includes(metadata.name) === true);
}

/** What a status must not call done: what was told just now, and what could not be. */
export function unsettledOf({ failures }: Stages, { changed }: Applied): string[] {
  const failed = failures.map(({ message }) => `it is tried again: ${message}`);
  return [...changed.map((name) => `StatefulSet ${name} was told something new`), ...failed];
}

/** The results of those that did not fail. */
export async function actAll<Action extends { readonly kind: string }, Result>(
  { context, object, failures }: Stages,
  actions: readonly Action[],
  act: (action: Action) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const action of actions) {
    context.signal.throwIfAborted();
    try {
      results.push(await act(action));
    } catch (error) {
      const failure = asError(error);
      failures.push(failure);
      const message = `${action.kind} failed: ${failure.message}`;
      report(context, object, { reason: 'ReconcileFailed', action: action.kind, message });
    }
  }
  return results;
}

/** What trying again may mend is tried again, later each time. */
export function throwFailure({ failures: [failure] }: Stages): void {
  if (failure !== undefined) throw failure;
}

/** It belongs to one of the same name that was deleted a moment ago: it is on its way out. */
function isOfFormer({ kind, metadata }: KubeObject, error: unknown): boolean {
  if (!(error instanceof ForeignObjectError)) return false;
  const { controller } = error;
  return controller?.kind === kind && controller.name === metadata.name;
}

/** A bug is no failure: nobody goes on after one. */
function asError(error: unknown): Error {
  if (isBug(error)) throw error;
  return error instanceof Error ? error : new Error(String(error));
}
