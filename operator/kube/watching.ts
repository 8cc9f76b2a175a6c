/**
 * The caches of everything that the table of resources says is watched: a store for each resource,
 * and a reflector for each of its namespaces (one for all of them where that is allowed).
 */
import { assert } from '../../runtime/mod.ts';
import type { OperatorMeter } from '../metrics.ts';
import type { Cache, Caches } from './caches.ts';
import type { KubeObject } from './object.ts';
import { countPhases, countStalled } from './object-counts.ts';
import { Reflector, type ReflectorHooks, type ReflectorParts } from './reflector.ts';
import { type Resource, resources } from './resources.ts';
import { ALL, type Scope, Store } from './store.ts';

export interface WatchingOptions {
  /** Empty: all of them, which takes a ClusterRole. */
  readonly namespaces: readonly string[];
  /** All that the table says are watched, unless told. */
  readonly watched?: readonly Resource[];
  readonly keep?: ReflectorHooks['keep'];
}

export class Watching implements Caches {
  readonly #stores = new Map<string, Store>();
  readonly #reflectors: readonly Reflector[];
  readonly #log: ReflectorParts['log'];

  constructor(parts: ReflectorParts, options: WatchingOptions, meter: OperatorMeter) {
    const { namespaces, watched = watchedResources() } = options;
    const scopes: readonly Scope[] = namespaces.length === 0 ? [ALL] : namespaces;
    this.#log = parts.log;
    this.#reflectors = watched.flatMap((resource) => {
      const store = new Store(scopes);
      this.#stores.set(idOf(resource), store);
      const hooks = {
        ...counting(meter, resource.plural),
        ...(options.keep && { keep: options.keep }),
      };
      return scopes.map((scope) => new Reflector(resource, { scope, store }, parts, hooks));
    });
    meter.gantry_operator_cached_objects.observe(() =>
      watched.map((resource) => ({
        labels: { resource: resource.plural },
        value: this.findStore(resource)?.size ?? 0,
      })),
    );
    this.#countObjects(watched, meter);
    meter.gantry_operator_watch_silence_seconds.observe(() =>
      this.#reflectors.map(({ resource, scope, silenceMs }) => ({
        labels: { resource: resource.plural, scope },
        value: silenceMs / 1000,
      })),
    );
  }

  of<T extends KubeObject>(resource: Resource): Cache<T> {
    const store = this.findStore(resource);
    assert(store !== undefined, `${resource.plural} to be watched; others are for the client`);
    // What is of a resource has its shape: the API server has checked it.
    return store as unknown as Cache<T>;
  }

  findStore(resource: Resource): Store | undefined {
    return this.#stores.get(idOf(resource));
  }

  /** Runs until `signal` is aborted. A rejection is a bug, for nobody to catch. */
  async run(signal: AbortSignal): Promise<void> {
    this.#log.info('Watching', { resources: this.#stores.size, watches: this.#reflectors.length });
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  #countObjects(watched: readonly Resource[], meter: OperatorMeter): void {
    const ours = watched.filter(({ subresources }) => subresources.includes('status'));
    const each = <Label extends string>(
      label: Label,
      countsOf: (objects: readonly KubeObject[]) => ReadonlyMap<string, number>,
    ) =>
      ours.flatMap((resource) =>
        [...countsOf(this.findStore(resource)?.all() ?? [])].map(([word, value]) => ({
          labels: { resource: resource.plural, [label]: word } as Record<
            'resource' | Label,
            string
          >,
          value,
        })),
      );
    meter.gantry_operator_objects.observe(() => each('phase', countPhases));
    meter.gantry_operator_stalled_objects.observe(() => each('reason', countStalled));
  }

  /** What has not been listed yet. */
  get missing(): readonly string[] {
    return [...this.#stores].filter(([, { hasSynced }]) => !hasSynced).map(([id]) => id);
  }
}

function watchedResources(): readonly Resource[] {
  return Object.values<Resource>(resources).filter(({ watched }) => watched !== 'no');
}

function idOf({ apiVersion, plural }: Resource): string {
  return `${apiVersion}/${plural}`;
}

function counting(meter: OperatorMeter, resource: string): ReflectorHooks {
  return {
    onList: () => meter.gantry_operator_lists_total.labelled({ resource }).add(1),
    onWatch: () => meter.gantry_operator_watches_total.labelled({ resource }).add(1),
    onRestart: (cause) => {
      meter.gantry_operator_watch_restarts_total.labelled({ resource, cause }).add(1);
    },
  };
}
