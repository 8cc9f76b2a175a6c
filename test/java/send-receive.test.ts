/** The acceptance programs of `clients/` against Gantry, through the unmodified Java client. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerProcess } from '../processes/broker-process.ts';
import { startBroker, startNameServer } from '../processes/gantry.ts';
import { peer } from '../processes/java.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const features = [
  'send-sync',
  'send-async',
  'send-oneway',
  'send-batch',
  'send-vip',
  'auto-create',
  'properties',
  'selector',
  'large',
  'compression',
  'namespace',
  'tags',
  'pull',
  'lite-pull',
  'push',
  'rebalance',
  'broadcast',
  'consume-from',
  'orderly',
  'orderly-suspend',
  'query-key',
  'query-id',
  'search-offset',
  'permission',
  'errors',
];

/** Features of SendReceive that Gantry does not have yet, each with what it waits for. */
const later: Readonly<Record<string, string>> = {
  'send-tls': 'TLS',
  sql92: 'SQL filters',
  'sql92-bad': 'SQL filters',
  retry: 'messages that consumers send back',
  dlq: 'messages that consumers send back',
  'delay-level': 'delayed messages',
  timer: 'timed messages',
  recall: 'timed messages',
  transaction: 'transactions',
  'request-reply': 'replies pushed to producers',
  pop: 'POP',
  'pop-retry': 'POP',
  'reset-offset': 'resetting the offsets of a live group',
  trace: 'the trace topic',
  admin: 'the whole of the admin requests',
};

const nameServerAddress = '127.0.22.2:9876';
const scratch = new Scratch();
let nameServer: Running;
let broker: BrokerProcess;

beforeAll(async () => {
  nameServer = await startNameServer(nameServerAddress, `${scratch.path}/nameserver`);
  broker = await startBroker({
    address: '127.0.22.1:10911',
    folder: `${scratch.path}/broker`,
    nameServer: nameServerAddress,
  });
});

afterAll(async () => {
  await broker.process.stop();
  await nameServer.stop();
  scratch[Symbol.dispose]();
});

/** One line a feature, as SendReceive prints them. */
async function outcomes(names: readonly string[], flags: readonly string[]): Promise<string[]> {
  const command = ['client', 'SendReceive', nameServerAddress, ...names, '-j', '6', ...flags];
  await using client = peer(command, { folder: scratch.path });
  await client.seen(/\d+ passed, \d+ failed/, 240_000);
  const lines = client.output.split('\n').filter((line) => /^(?:PASS|FAIL) /.test(line));
  console.log(lines.join('\n'));
  return lines;
}

test.each([
  ['JSON', []],
  ['ROCKETMQ', ['--binary']],
])('the Java client finds all it needs, with %s headers', async (_serialization, flags) => {
  const lines = await outcomes(features, flags);
  expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
  expect(lines.length).toBe(features.length);
});

test('every feature of SendReceive is either run or said to come later', async () => {
  await using list = peer(['client', 'SendReceive', nameServerAddress, 'list'], {
    folder: scratch.path,
  });
  const all = (await list.done()).split('\n').filter((line) => /^[a-z0-9-]+$/.test(line));
  expect(all.toSorted()).toEqual([...features, ...Object.keys(later)].toSorted());
});
