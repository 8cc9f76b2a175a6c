/** Values of arguments and options, from what was typed; a wrong one is told before anything is done. */
import { InvalidArgumentError } from 'commander';
import type { StartFrom } from '../../client/mod.ts';

/** A queue of the topic that was named; without a broker, of the only one there is. */
export interface QueueArgument {
  readonly brokerName: string | undefined;
  readonly queueId: number;
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** Seconds, with a fraction perhaps, as milliseconds. */
export function secondsMs(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 86_400) return Math.ceil(seconds * 1000);
  throw new InvalidArgumentError('Expected seconds, more than 0 and at most 86400.');
}

/** Gathers `name=value`s of an option that may come several times. */
export function assignment(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals).trim();
  if (equals > 0 && name !== '') return { ...before, [name]: text.slice(equals + 1) };
  throw new InvalidArgumentError('Expected name=value.');
}

/** Gathers values of an option that may come several times. */
export function oneMore(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `first`, `last`, milliseconds since 1970, or a date as ISO 8601 has it. */
export function startFrom(text: string): StartFrom {
  if (text === 'first' || text === 'last') return text;
  const date = new Date(/^\d{9,}$/.test(text) ? Number(text) : text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError(
    'Expected first, last, milliseconds since 1970 or a time such as 2026-01-31T12:00:00Z.',
  );
}

/** `broker-a:3`, or `3`. */
export function queueArgument(text: string): QueueArgument {
  const match = /^(?:(.+):)?(\d{1,9})$/.exec(text);
  if (match !== null) return { brokerName: match[1], queueId: Number(match[2]) };
  throw new InvalidArgumentError('Expected a queue such as 3, or broker-a:3.');
}
