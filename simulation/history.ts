/**
 * What happened, in order: the logs of all nodes and the faults, with a fingerprint of the whole.
 * Two runs of a seed that differ anywhere differ here.
 */
import type { Facts, Log } from '../runtime/mod.ts';

/** What a failure report shows. */
const LINES_MAX = 200;

export class History {
  readonly #lines: string[] = [];
  #fingerprint = 0x811c9dc5;
  #events = 0;

  /** Every event counts, logged or not. */
  mark(atUs: number): void {
    this.#events++;
    this.#fingerprint = Math.imul(this.#fingerprint ^ (atUs | 0), 0x01000193);
  }

  add(line: string): void {
    for (let at = 0; at < line.length; at++) {
      this.#fingerprint = Math.imul(this.#fingerprint ^ line.charCodeAt(at), 0x01000193);
    }
    if (this.#lines.push(line) > LINES_MAX) this.#lines.shift();
  }

  /** The newest lines. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get events(): number {
    return this.#events;
  }

  get fingerprint(): string {
    return `${(this.#fingerprint >>> 0).toString(16).padStart(8, '0')}-${this.#events}`;
  }
}

/** A log that adds to the history; `prefix` tells time and host. */
export function historyLog(history: History, prefix: () => string, facts: Facts = {}): Log {
  const add = (level: string, sentence: string, more?: Facts): void => {
    history.add(`${prefix()} ${level} ${sentence} ${textOf({ ...facts, ...more })}`);
  };
  return {
    info: (sentence, more) => add('info', sentence, more),
    warn: (sentence, more) => add('warn', sentence, more),
    error: (sentence, more) => add('error', sentence, more),
    with: (more) => historyLog(history, prefix, { ...facts, ...more }),
  };
}

/** Stacks hold paths of this machine, so an error counts by its message. */
function textOf(facts: Facts): string {
  return JSON.stringify(facts, (_key, value: unknown) => {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return typeof value === 'bigint' ? String(value) : value;
  });
}
