/**
 * All objects at a path, as last seen: listed, then watched, listed anew after whatever ends the
 * watch. Whoever reads them is told of every change, and looks at all there is: events that are
 * missed between a watch and the next list lose nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi, KubeObject } from '../kube-api.ts';

const RELIST_DELAY_MS = 200;

export class Watched {
  readonly #api: KubeApi;
  readonly #path: string;
  readonly #onChange: () => void;
  #objects = new Map<string, KubeObject>();

  constructor(api: KubeApi, path: string, onChange: () => void) {
    this.#api = api;
    this.#path = path;
    this.#onChange = onChange;
  }

  all(): KubeObject[] {
    return [...this.#objects.values()];
  }

  find(name: string, namespace?: string): KubeObject | undefined {
    return this.all().find(({ metadata }) => {
      return metadata.name === name && metadata.namespace === namespace;
    });
  }

  /** Resolves after the first list; goes on until `signal`. */
  async start(signal: AbortSignal): Promise<void> {
    const version = await this.#list();
    void this.#follow(version, signal);
  }

  async #list(): Promise<string> {
    const list = await this.#api.read(this.#path);
    const items = list['items'] as readonly KubeObject[];
    this.#objects = new Map(items.map((object) => [object.metadata.uid, object]));
    this.#onChange();
    return list.metadata.resourceVersion;
  }

  async #follow(version: string, signal: AbortSignal): Promise<void> {
    for (let from: string | undefined = version; !signal.aborted; from = undefined) {
      try {
        await this.#watch(from ?? (await this.#list()), signal);
      } catch {
        // Whatever it was: a list tells what was missed.
      }
      await sleep(RELIST_DELAY_MS);
    }
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const query = `watch=1&resourceVersion=${version}`;
    for await (const { type, object } of this.#api.watch(`${this.#path}?${query}`, signal)) {
      if (type === 'ERROR') return;
      if (type === 'DELETED') this.#objects.delete(object.metadata.uid);
      else this.#objects.set(object.metadata.uid, object);
      this.#onChange();
    }
  }
}
