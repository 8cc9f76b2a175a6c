/** How many objects of a kind there are, by what their status says: for the metrics. Pure. */
import type { Condition } from './conditions.ts';
import type { KubeObject } from './object.ts';

interface Shown {
  readonly phase?: string;
  readonly conditions?: readonly Condition[];
}

/** `None`: nobody has looked at it yet, or its kind has no phases. */
export function countPhases(objects: readonly KubeObject[]): ReadonlyMap<string, number> {
  return counts(objects.map((object) => statusOf(object).phase ?? 'None'));
}

/** By the reason of `Stalled`, as long as it is true. */
export function countStalled(objects: readonly KubeObject[]): ReadonlyMap<string, number> {
  return counts(
    objects.flatMap((object) => {
      const { conditions = [] } = statusOf(object);
      return conditions
        .filter(({ type, status }) => type === 'Stalled' && status === 'True')
        .map(({ reason }) => reason);
    }),
  );
}

function statusOf({ status }: KubeObject): Shown {
  return (status ?? {}) as Shown;
}

function counts(words: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const word of words) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}
