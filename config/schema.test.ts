import { expect, test } from 'vitest';
import { environmentName } from './schema.ts';

test.each([
  ['listenPort', 'GANTRY_BROKER_LISTEN_PORT'],
  ['brokerIP1', 'GANTRY_BROKER_BROKER_IP1'],
  ['namesrvAddr', 'GANTRY_BROKER_NAMESRV_ADDR'],
  ['storePathDLedgerCommitLog', 'GANTRY_BROKER_STORE_PATH_D_LEDGER_COMMIT_LOG'],
])('%s is %s in the environment', (option, name) => {
  expect(environmentName('broker', option)).toBe(name);
});
