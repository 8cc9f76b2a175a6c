/** The log as text for a person: `12:01:28.123 WARN  Sentence  fact=value`, errors with stacks. */
import { inspect } from 'node:util';
import type { Facts, Log } from '../log.ts';

const LEVELS = {
  info: '\u001b[32mINFO \u001b[0m',
  warn: '\u001b[33mWARN \u001b[0m',
  error: '\u001b[31mERROR\u001b[0m',
} as const;

export interface TerminalLogOptions {
  /** Takes a line with its end; must have written it when it returns. */
  readonly write: (line: string) => void;
  readonly wallMs: () => number;
}

export class TerminalLog implements Log {
  readonly #options: TerminalLogOptions;
  readonly #facts: Facts;

  constructor(options: TerminalLogOptions, facts: Facts = {}) {
    this.#options = options;
    this.#facts = facts;
  }

  info(sentence: string, facts?: Facts): void {
    this.#line('info', sentence, facts);
  }

  warn(sentence: string, facts?: Facts): void {
    this.#line('warn', sentence, facts);
  }

  error(sentence: string, facts?: Facts): void {
    this.#line('error', sentence, facts);
  }

  with(facts: Facts): Log {
    return new TerminalLog(this.#options, { ...this.#facts, ...facts });
  }

  #line(level: keyof typeof LEVELS, sentence: string, facts?: Facts): void {
    const { error, ...others } = { ...this.#facts, ...facts };
    const time = new Date(this.#options.wallMs()).toISOString().slice(11, 23);
    const shown = Object.entries(others).map(
      ([name, value]) => ` \u001b[2m${name}=\u001b[0m${textOf(value)}`,
    );
    const cause = error === undefined ? '' : `\n${inspect(error)}`;
    this.#options.write(
      `\u001b[2m${time}\u001b[0m ${LEVELS[level]} ${sentence} ${shown.join('')}${cause}\n`,
    );
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, depth: 4 });
}
