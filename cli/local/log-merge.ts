/** The log lines of several pods as one, in the order of their time. */

export interface SaidLine {
  readonly pod: string;
  readonly line: string;
}

/** What a pod said, in its own order. */
export interface PodLog {
  readonly pod: string;
  readonly lines: readonly string[];
}

const TIME = /"time":"([^"]+)"/;

/**
 * Sorted by time, the lines of each pod in their order whatever its clock did. A line without a
 * time, such as one of a stack, stays behind the one before it.
 */
export function merged(logs: readonly PodLog[]): SaidLine[] {
  const timed = logs.flatMap(({ pod, lines }) => {
    let latestMs = Number.NEGATIVE_INFINITY;
    return lines.map((line) => {
      const timeMs = Date.parse(TIME.exec(line)?.[1] ?? '');
      if (timeMs > latestMs) latestMs = timeMs;
      return { pod, line, timeMs: latestMs };
    });
  });
  return timed
    .toSorted((left, right) =>
      left.timeMs < right.timeMs ? -1 : Number(left.timeMs > right.timeMs),
    )
    .map(({ pod, line }) => ({ pod, line }));
}
