/** Messages at their places in a topic, and the promises about them. */

export interface Placed {
  readonly queueId: number;
  readonly queueOffset: number;
  readonly body: string;
}

/** What clients were told, and what is there in the end. */
export interface Accounts {
  /** All that can be read, in the order it was read. */
  readonly stored: readonly Placed[];
  /** What the broker said it has. */
  readonly acknowledged: readonly Placed[];
  /** What consumers received. */
  readonly seen: readonly Placed[];
}

/** The promises that were not kept, each as a sentence. */
export function brokenPromises({ stored, acknowledged, seen }: Accounts): string[] {
  const bodies = new Map(stored.map((message) => [placeOf(message), message.body]));
  const missing = (told: readonly Placed[], what: string): string[] =>
    told
      .filter((message) => bodies.get(placeOf(message)) !== message.body)
      .map((message) => {
        const is = shown(bodies.get(placeOf(message)));
        return `${shown(message.body)}, ${what} at ${placeOf(message)}: there is ${is}`;
      });
  return [...gaps(stored), ...missing(acknowledged, 'acknowledged'), ...missing(seen, 'received')];
}

/** Offsets of a queue follow each other from 0 on. */
function gaps(stored: readonly Placed[]): string[] {
  const next = new Map<number, number>();
  return stored.flatMap(({ queueId, queueOffset }) => {
    const expected = next.get(queueId) ?? 0;
    next.set(queueId, queueOffset + 1);
    return queueOffset === expected
      ? []
      : [`queue ${queueId}: offset ${queueOffset} follows ${expected - 1}`];
  });
}

function placeOf({ queueId, queueOffset }: Placed): string {
  return `${queueId}@${queueOffset}`;
}

/** The first words; the rest is filling. */
function shown(body: string | undefined): string {
  return body === undefined ? 'nothing' : `"${body.slice(0, 20).trimEnd()}"`;
}
