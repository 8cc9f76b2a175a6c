/**
 * The log: one JSON line per event, or readable text for a terminal. Both are written before the
 * call returns, so that the last lines before a crash are there.
 */
import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Facts, Log } from '../log.ts';

export function jsonLog(descriptor: number): Log {
  const logger = pino(
    {
      base: null,
      errorKey: 'error',
      formatters: { level: (level) => ({ level }) },
      serializers: { error: stdSerializers.errWithCause },
      timestamp: stdTimeFunctions.isoTime,
    },
    destination({ fd: descriptor, sync: true }),
  );
  return new JsonLog(logger);
}

class JsonLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  info(sentence: string, facts: Facts = {}): void {
    this.#logger.info(facts, sentence);
  }

  warn(sentence: string, facts: Facts = {}): void {
    this.#logger.warn(facts, sentence);
  }

  error(sentence: string, facts: Facts = {}): void {
    this.#logger.error(facts, sentence);
  }

  with(facts: Facts): Log {
    return new JsonLog(this.#logger.child(facts));
  }
}
