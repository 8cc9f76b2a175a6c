/**
 * How deep an object is nested. Parts of a spec are passed on as they are, so nothing else bounds
 * it, and whatever walks an object by calling itself would run out of stack, which is a bug's end.
 */

/** Blocks and lists in each other; a pod template, the deepest there is, has some fifteen. */
export const LEVELS_MAX = 64;

/** Calls nothing again: it is what the others rely on. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= LEVELS_MAX; depth++) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
