/**
 * Stages of a reconcile, each with its own failure, so that none keeps the next from what it would
 * repair. What the API server refuses for good is a problem, for the status; what trying again may
 * mend is a failure, thrown when all stages are through.
 */
import { applyChild, type Context, type Desired, type KubeObject } from '../kube/mod.ts';
import { type ApiProblem, findApiProblem } from './api-problem.ts';
import { tell } from './tell.ts';

export interface Stages {
  readonly context: Context;
  readonly object: KubeObject;
  /** Added to as stages fail. */
  readonly failures: unknown[];
}

/** Every object by itself: what is refused of one leaves the others alone. */
export async function applyAll(
  { context, object, failures }: Stages,
  desired: readonly Desired[],
): Promise<ApiProblem[]> {
  const problems: ApiProblem[] = [];
  for (const one of desired) {
    context.signal.throwIfAborted();
    try {
      await applyChild(context, object, one);
    } catch (error) {
      const problem = findApiProblem(error, one.kind);
      if (problem === undefined) failures.push(error);
      else problems.push(problem);
    }
  }
  return problems;
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
      failures.push(error);
      const why = error instanceof Error ? error.message : String(error);
      const message = `${action.kind} failed: ${why}`;
      tell(context, object, { reason: 'ReconcileFailed', action: action.kind, message });
    }
  }
  return results;
}
