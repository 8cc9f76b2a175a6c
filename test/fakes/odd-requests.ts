/** Requests as no client sends them: fields and bodies that are almost right, or not at all. */
import * as fc from 'fast-check';
import * as bodies from '../../protocol/bodies/mod.ts';
import type { RequestTable } from '../../protocol/mod.ts';
import type { Outgoing } from '../../remoting/mod.ts';

/** What clients put into fields, and what they should not. */
const fieldValue = fc.oneof(
  fc.constantFrom('orders', 'consumers', 'TBW102', '%RETRY%consumers', 'BenchmarkTest', 'a b', ''),
  fc.constantFrom('0', '1', '-1', '7', '2147483647', '-2147483648', '9007199254740993'),
  fc.constantFrom(
    '9223372036854775807',
    'true',
    'false',
    'null',
    'TAG',
    'SQL92',
    'LOWER',
    'k\u0001v',
  ),
  fc.string({ maxLength: 12 }),
);

interface Codec {
  readonly encode: (value: unknown) => Buffer;
  readonly fallback: () => unknown;
}

/** Every body that this version writes, as JSON. */
const known = Object.values(bodies)
  .flatMap((codec) => {
    if (typeof codec !== 'object' || !('fallback' in codec) || !('encode' in codec)) return [];
    const { encode, fallback } = codec as Codec;
    return encode(fallback()).toString();
  })
  .filter((text) => text.startsWith('{'));

/** A body some of whose values are not what they should be. */
const twisted = fc
  .tuple(fc.constantFrom(...known), fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }))))
  .map(([text, changes]) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(value);
    for (const [at, change] of changes) value[names[at % names.length] ?? 'x'] = change;
    return Buffer.from(JSON.stringify(value));
  });
const body = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
  twisted,
);

/** Requests of `table`, but for those in `left`. */
export function oddRequests(
  table: RequestTable,
  left: readonly string[] = [],
): fc.Arbitrary<Outgoing> {
  const rows = Object.entries(table).filter(([name]) => !left.includes(name));
  return fc.constantFrom(...rows).chain(([, { code, request }]) => {
    const fields = request.rows.map(({ key, field }) => {
      const value = field.required ? fieldValue : fc.option(fieldValue, { nil: undefined });
      return value.map((text) => (text === undefined ? [] : [[key, text] as const]));
    });
    return fc.record({
      code: fc.constant(code),
      fields: fc.tuple(...fields).map((given) => Object.fromEntries(given.flat())),
      body,
    });
  });
}
