/**
 * Who is next: by priority, and within one by turns between groups, so that one cluster with a
 * thousand topics does not keep the others waiting. Within a group, who came first.
 *
 * Nobody waits for ever: after `PASSED_OVER_MAX` choices that passed over a lower priority, that one
 * has its turn.
 */

/** Lower goes first. */
export const priorities = { urgent: 0, child: 1, periodic: 2 } as const;
export type Priority = (typeof priorities)[keyof typeof priorities];

const PASSED_OVER_MAX = 16;

interface Place {
  readonly priority: Priority;
  readonly group: string;
}

export class FairLines {
  readonly #lines = Object.values(priorities).map(() => new Line());
  readonly #places = new Map<string, Place>();
  #passedOver = 0;

  get size(): number {
    return this.#places.size;
  }

  /** An item that is there already moves up when it has become more urgent; false when it was there. */
  add(item: string, group: string, priority: Priority): boolean {
    const place = this.#places.get(item);
    if (place !== undefined && place.priority <= priority) return false;
    if (place !== undefined) this.#lines[place.priority]?.remove(item, place.group);
    this.#lines[priority]?.add(item, group);
    this.#places.set(item, { priority, group });
    return place === undefined;
  }

  take(): string | undefined {
    const waiting = this.#lines.filter(({ size }) => size > 0);
    const isLowestsTurn = this.#passedOver >= PASSED_OVER_MAX;
    const item = waiting.at(isLowestsTurn ? -1 : 0)?.take();
    this.#passedOver = waiting.length > 1 && !isLowestsTurn ? this.#passedOver + 1 : 0;
    if (item !== undefined) this.#places.delete(item);
    return item;
  }

  clear(): void {
    while (this.take() !== undefined);
  }
}

/** Items of one priority. A `Map` keeps the groups in the order of their turns. */
class Line {
  readonly #groups = new Map<string, Set<string>>();
  size = 0;

  add(item: string, group: string): void {
    const items = this.#groups.get(group);
    if (items === undefined) this.#groups.set(group, new Set([item]));
    else items.add(item);
    this.size++;
  }

  remove(item: string, group: string): void {
    const items = this.#groups.get(group);
    if (items?.delete(item) !== true) return;
    this.size--;
    if (items.size === 0) this.#groups.delete(group);
  }

  take(): string | undefined {
    for (const [group, items] of this.#groups) {
      // Its next turn comes after those of all others.
      this.#groups.delete(group);
      for (const item of items) {
        items.delete(item);
        this.size--;
        if (items.size > 0) this.#groups.set(group, items);
        return item;
      }
    }
    return undefined;
  }
}
