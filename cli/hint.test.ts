import { afterEach, expect, test, vi } from 'vitest';
import { calledAs, hint } from './hint.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a hint begins with what gantry was called as', () => {
  vi.stubEnv('GANTRY_AS', undefined);
  expect(hint('status')).toBe('gantry status');
  vi.stubEnv('GANTRY_AS', 'bin/gantry');
  expect(hint('status')).toBe('bin/gantry status');
  expect(calledAs({ GANTRY_AS: '/opt/gantry' })).toBe('/opt/gantry');
});

test.each([
  [{}, 'gantry down'],
  [{ name: 'shop' }, 'gantry down --name shop'],
  [{ state: '.gantry' }, 'gantry down'],
  [{ name: 'shop', state: '/tmp/x' }, 'gantry down --name shop --state /tmp/x'],
  [{ state: "it's" }, String.raw`gantry down --state 'it'\''s'`],
])('%o leads to the cluster by %s', (cluster, command) => {
  vi.stubEnv('GANTRY_AS', undefined);
  expect(hint('down', cluster)).toBe(command);
});
