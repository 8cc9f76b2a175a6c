import { expect, test } from 'vitest';
import { flag, integer, oneOf, text } from './options.ts';
import { toJsonSchema, toMarkdown } from './reference.ts';

const schema = {
  role: 'broker',
  options: {
    listenPort: integer({ fallback: 10_911, min: 1, max: 65_535, doc: 'Port.' }),
    flushDiskType: oneOf(['SYNC', 'ASYNC'], { fallback: 'ASYNC', doc: 'Flush a | b.' }),
    brokerName: text({
      fallback: { says: 'host name', of: ({ host }) => host.name },
      doc: 'Name.',
    }),
    traceOn: flag({ fallback: true, live: true, doc: 'Trace.' }),
  },
  elsewhere: {
    ignored: ['useEpoll', 'traceOn'],
    refused: { aclEnable: { fallback: 'false', reason: 'not here' }, peer: { reason: 'none' } },
  },
};

test('every option, refused key and ignored key is on the page, once', () => {
  const page = toMarkdown(schema);
  expect(page).toContain('| `listenPort` | integer: 1 to 65535 | `10911` | restart | Port. |');
  expect(page).toContain(
    '| `flushDiskType` | choice: SYNC, ASYNC | `ASYNC` | restart | Flush a \\| b. |',
  );
  expect(page).toContain('| `brokerName` | text | host name | restart | Name. |');
  expect(page).toContain('| `traceOn` | flag | `true` | live | Trace. |');
  expect(page).toContain('| `aclEnable` | `false` | not here |');
  expect(page).toContain('| `peer` | unset | none |');
  expect(page).toContain('`useEpoll`.');
  expect(page.match(/`traceOn`/g)).toHaveLength(1);
});

test('the JSON schema says types, bounds and fixed defaults, and allows nothing else', () => {
  expect(toJsonSchema(schema)).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      listenPort: { type: 'integer', minimum: 1, maximum: 65_535, default: 10_911 },
      flushDiskType: { type: 'string', enum: ['SYNC', 'ASYNC'], default: 'ASYNC' },
      brokerName: { type: 'string', description: 'Name.' },
      traceOn: { type: 'boolean', default: true },
    },
  });
});
