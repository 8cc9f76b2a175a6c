/** What a person is told, and what works, while pods of a local cluster are stopped and started. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gantry } from '../processes/gantry.ts';
import { LocalCluster } from '../processes/local-cluster.ts';

const NAME_SERVER = '127.0.66.1:9876';
const BROKER_POD = 'quickstart-broker-0-0';
const NAME_SERVER_POD = 'quickstart-nameserver-0';
const SEND = ['admin', 'send', '--topic', 'Hello', '--body', 'hi'];

let cluster: LocalCluster;
let state: readonly string[];

beforeAll(async () => {
  cluster = await LocalCluster.up(NAME_SERVER);
  state = ['--state', join(cluster.folder, 'state')];
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

test('a name server that was started again knows the brokers when it is told to be ready', async () => {
  await cluster.run(SEND);
  await cluster.run(['stop', NAME_SERVER_POD]);
  expect(await cluster.run(['start', NAME_SERVER_POD])).toContain('is ready');
  expect(await cluster.run(SEND)).toContain('SEND_OK');
});

test('a topic of a broker that is stopped is told as that, with the command that starts it', async () => {
  await cluster.run(SEND);
  const said = await cluster.run(['stop', BROKER_POD]);
  const start = `start ${BROKER_POD} ${state.join(' ')}`;
  expect(said).toContain(start);
  await using sending = gantry([...SEND, ...state]);
  expect(await sending.exited).toEqual({ code: 11, signal: null });
  expect(sending.output).toContain(`broker ${BROKER_POD}, which is stopped`);
  expect(sending.output).toContain(`start ${BROKER_POD} --name quickstart ${state.join(' ')}`);
  await cluster.run(['start', BROKER_POD]);
  expect(await cluster.run(SEND)).toContain('SEND_OK');
});

test('the logs of all pods come in the order of their time', async () => {
  const lines = (await cluster.run(['logs', '--lines', '50'])).trim().split('\n');
  const times = lines.flatMap((line) => /"time":"([^"]+)"/.exec(line)?.[1] ?? []);
  expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(
    new Set([BROKER_POD, NAME_SERVER_POD]),
  );
  expect(times.length).toBeGreaterThan(10);
  expect(times).toEqual(times.toSorted());
});
