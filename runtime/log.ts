/**
 * What a node tells its operator: a constant sentence (greppable, countable), then facts.
 * `info` for state changes somebody cares about, nothing per message.
 */
export type Facts = Readonly<Record<string, unknown>>;

export interface Log {
  info(sentence: string, facts?: Facts): void;
  warn(sentence: string, facts?: Facts): void;
  /** Put the cause under the fact `error`: its stack is kept. */
  error(sentence: string, facts?: Facts): void;
  /** A log whose every line carries `facts` too. */
  with(facts: Facts): Log;
}
