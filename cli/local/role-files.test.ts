import { expect, test } from 'vitest';
import type { LocalProcess } from './local-process.ts';
import { refusedFiles } from './role-files.ts';

const pod = (role: string, text: string): LocalProcess => ({
  pod: `shop-${role}-0`,
  role,
  args: [],
  env: {},
  files: [{ path: `/etc/${role}.conf`, text }],
  folders: [],
  scratch: [],
  dataFolder: '/data',
  host: '127.0.0.1',
  port: 1,
  probes: { startup: PROBE, readiness: PROBE, liveness: PROBE },
  graceMs: 1,
  hash: '',
});

const PROBE = {
  host: '127.0.0.1',
  port: 1,
  path: '/readyz',
  delayMs: 0,
  periodMs: 1,
  timeoutMs: 1,
  failureThreshold: 1,
};

test('a file is refused for what its keys are together, as its server would refuse it', () => {
  const text = 'diskSpaceCleanForciblyRatio=90\ndiskSpaceWarningLevelRatio=85\n';
  expect(refusedFiles([pod('broker', text)])).toEqual([
    {
      place: 'shop-broker-0',
      path: '',
      message: expect.stringMatching(/^diskSpaceCleanForciblyRatio is .+, expected at most/),
    },
  ]);
});

test('each server is asked of its own keys only', () => {
  const text = 'flushDiskType=SYNC_FLUSH\n';
  expect(refusedFiles([pod('broker', text)])).toEqual([]);
  expect(refusedFiles([pod('nameserver', text)])).toHaveLength(1);
  expect(refusedFiles([pod('nameserver', 'listenPort=9876\n')])).toEqual([]);
});
