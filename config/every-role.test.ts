import { expect, test } from 'vitest';
import { everyRole } from './every-role.ts';
import { loadConfig } from './load.ts';
import { text } from './options.ts';

const schema = {
  role: 'nameserver',
  options: { bindAddress: text({ fallback: '0.0.0.0', doc: 'Address.' }), ...everyRole },
  elsewhere: { ignored: [], refused: {} },
};
const host = { name: 'box', address: '127.0.0.1', homeFolder: '/home/mq', environment: {} };

test('a role is managed on the address it is bound to', () => {
  const { config } = loadConfig(schema, { host, assignments: ['bindAddress=127.0.0.2'] });
  expect(config).toMatchObject({ managementAddress: '127.0.0.2', managementPort: 8090 });
});

test.each(['metricsLabel=a', 'metricsLabel=a:b:c', 'metricsExporterType=OTLP_GRPC'])(
  '%s is refused',
  (assignment) => {
    expect(() => loadConfig(schema, { host, assignments: [assignment] })).toThrow('expected');
  },
);

test('labels are pairs', () => {
  const assignments = ['metricsLabel=zone:a,rack:b-1'];
  expect(loadConfig(schema, { host, assignments }).config.metricsLabel).toBe('zone:a,rack:b-1');
});
