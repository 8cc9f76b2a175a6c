/**
 * Which of the kinds that add-ons bring this Kubernetes knows. All clusters ask, so an answer holds
 * for half a minute; an add-on that is installed later is found by the next look after that.
 */
import type { Context, Resource } from '../kube/mod.ts';

const KEPT_MS = 30_000;

export class ServedKinds {
  /** By plural; as many as there are rows that an add-on brings. */
  readonly #known = new Map<string, { readonly isServed: boolean; readonly sinceMs: number }>();

  /** Throws what the API server answers when it cannot say. */
  async has(resource: Resource, { client, clock }: Pick<Context, 'client' | 'clock'>) {
    const known = this.#known.get(resource.plural);
    if (known !== undefined && clock.monotonicMs() - known.sinceMs < KEPT_MS) return known.isServed;
    const isServed = await client.serves(resource);
    this.#known.set(resource.plural, { isServed, sinceMs: clock.monotonicMs() });
    return isServed;
  }
}
