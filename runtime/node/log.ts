/** The log as one JSON line per event, by pino; errors under `error` keep stack and cause. */
import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Facts, Log } from '../log.ts';

const NO_FACTS: Facts = {};

/** `lines.write` must have written the line when it returns. */
export function jsonLog(lines: { write(line: string): void }): Log {
  const options = {
    base: null,
    errorKey: 'error',
    formatters: { level: (level: string) => ({ level }) },
    serializers: { error: stdSerializers.errWithCause },
    timestamp: stdTimeFunctions.isoTime,
  };
  return new JsonLog(pino(options, lines));
}

class JsonLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  info(sentence: string, facts = NO_FACTS): void {
    this.#logger.info(facts, sentence);
  }

  warn(sentence: string, facts = NO_FACTS): void {
    this.#logger.warn(facts, sentence);
  }

  error(sentence: string, facts = NO_FACTS): void {
    this.#logger.error(facts, sentence);
  }

  with(facts: Facts): Log {
    return new JsonLog(this.#logger.child(facts));
  }
}
