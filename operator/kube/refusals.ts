/**
 * Reads that Roles refuse. Rights change seldom, and who may not look at nodes would else ask for
 * them at each reconcile: for five minutes the refusal is the answer. Only for resources of the
 * whole cluster; a namespace's Role says nothing about another's. Bounded by the resources there are.
 */
import type { Clock } from '../../runtime/mod.ts';
import { KubeError } from './errors.ts';
import { collectionPath, type Resource } from './resources.ts';

const KEPT_MS = 300_000;

export class Refusals {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #kept = new Map<string, { readonly error: KubeError; readonly sinceMs: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** What the API server answered not long ago. */
  find(resource: Resource): KubeError | undefined {
    const kept = this.#kept.get(collectionPath(resource));
    if (kept === undefined) return undefined;
    return this.#clock.monotonicMs() - kept.sinceMs < KEPT_MS ? kept.error : undefined;
  }

  note(resource: Resource, error: unknown): void {
    if (resource.scope !== 'Cluster') return;
    if (!(error instanceof KubeError) || error.status !== 403) return;
    this.#kept.set(collectionPath(resource), { error, sinceMs: this.#clock.monotonicMs() });
  }
}
