/** Reading the JSON bodies of answers: what is not as expected is a `TypeError` that says so. */
import { type Json, parseLenient } from '../protocol/mod.ts';

export type Members = Readonly<Record<string, Json | undefined>>;

export function parseBody(body: Buffer): Json {
  return body.length === 0 ? {} : parseLenient(body.toString());
}

export function membersOf(value: Json | undefined, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new TypeError(`Cannot read "${name}": expected an object, is ${JSON.stringify(value)}`);
}

/** Empty when it is missing. */
export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Json | undefined, name: string): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`Cannot read "${name}": expected text, is ${JSON.stringify(value)}`);
}

/** 0 when it is missing, as Java's fields are. */
export function integer(value: Json | undefined, name: string): number {
  const number = Number(value ?? 0);
  if (Number.isInteger(number)) return number;
  throw new TypeError(`Cannot read "${name}": expected a number, is ${JSON.stringify(value)}`);
}
