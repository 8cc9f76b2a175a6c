/** JSON bodies as clients and tools send them, read without trust. */
import { Failure, parseLenient } from '../../protocol/mod.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in `body`; throws `Failure` MalformedRequest, `what` being what it should describe. */
export function requireJson(body: Buffer, what: string): JsonRecord {
  let content: unknown;
  try {
    content = parseLenient(body.toString());
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Failure('MalformedRequest', `Cannot read the ${what} in the body: ${cause}`);
  }
  if (isRecord(content)) return content;
  throw new Failure('MalformedRequest', `Cannot read the ${what}: expected a JSON object as body`);
}

export function requireText(record: JsonRecord, name: string, what: string): string {
  const value = record[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new Failure('MalformedRequest', `Cannot read the ${what}: "${name}" is missing`);
}

export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** The objects of a list; what is something else is passed over. */
export function recordsIn(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
