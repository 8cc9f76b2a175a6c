/** The same for each of some, a few at a time. */

/** The results in the order of `all`; rejects with the first failure, and begins no further one. */
export async function inParallel<T, R>(
  atOnce: number,
  all: readonly T[],
  each: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = all.entries();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const [index, one] of left) {
      if (hasFailed) return;
      try {
        results[index] = await each(one);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
