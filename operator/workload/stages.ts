/**
 * Stages of a reconcile, each with its own failure, so that none keeps the next from what it would
 * repair. What the API server refuses for good is a problem, for the status; what trying again may
 * mend is a failure, thrown when all stages are through.
 */
import {
  applyChild,
  type Context,
  controllerOf,
  type Desired,
  ForeignObjectError,
  isBug,
  type KubeObject,
  resourceOf,
} from '../kube/mod.ts';
import { type ApiProblem, findApiProblem } from './api-problem.ts';
import { report } from './report.ts';

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

/** Every object by itself: what is refused of one leaves the others alone. */
export async function applyAll(
  { context, object, failures }: Stages,
  desired: readonly Desired[],
): Promise<Applied> {
  const problems: ApiProblem[] = [];
  const changed: string[] = [];
  for (const one of desired) {
    context.signal.throwIfAborted();
    try {
      await refuseUnseen(context, object, one);
      const hasChanged = await applyChild(context, object, one);
      if (hasChanged && one.kind === 'StatefulSet') changed.push(one.metadata.name);
    } catch (error) {
      const problem = findApiProblem(error, one.kind);
      if (problem === undefined || isOfFormer(object, error)) failures.push(asError(error));
      else problems.push(problem);
    }
  }
  return { problems, changed };
}

/**
 * What is of the wanted name and not ours is in no cache: before something is made, it is looked
 * for. An apply would be merged into it.
 */
async function refuseUnseen(
  { client, caches }: Context,
  owner: KubeObject,
  desired: Desired,
): Promise<void> {
  const resource = resourceOf(desired);
  const key = { namespace: owner.metadata.namespace, name: desired.metadata.name };
  const isSeen = resource.watched !== 'no' && caches.of(resource).find(key) !== undefined;
  const live = isSeen ? undefined : await client.find(resource, key);
  if (live === undefined) return;
  const controller = controllerOf(live);
  if (controller?.uid === owner.metadata.uid) return;
  const whose =
    controller === undefined
      ? 'nobody: remove it, or choose another name'
      : `${controller.kind} "${controller.name}" (uid ${controller.uid})`;
  const message = `Cannot make ${desired.kind} "${desired.metadata.name}": it exists and belongs to ${whose}`;
  throw new ForeignObjectError(message, controller);
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
