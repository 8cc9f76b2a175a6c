/** "Did you mean …?": the name that a misspelt one was probably meant to be. */

/** The closest of `names`, if about three letters in four agree. */
export function findNearest(name: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 4));
  return names
    .map((candidate) => ({ candidate, edits: edits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits: count }) => count <= limit)
    .sort((left, right) => left.edits - right.edits)[0]?.candidate;
}

/** Letters to insert, remove or change, to get from one to the other (Levenshtein). */
function edits(from: string, to: string): number {
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + changed,
      );
    }
    last = current;
  }
  return last[to.length] ?? 0;
}
