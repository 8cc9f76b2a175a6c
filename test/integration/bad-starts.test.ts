/** Starts that must fail: each says what is wrong and what would be right, and how by its exit code. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gantry, runBroker, startBroker } from '../processes/gantry.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const exit = {
  usage: 2,
  refused: 3,
  notFound: 4,
  portInUse: 5,
  locked: 6,
  newerFormat: 7,
  wrongIdentity: 8,
  corruptStore: 9,
} as const;

/** What a process that must end with `code` said. */
const saying = (process: Running, code: number): Promise<string> => process.done(code, 30_000);

test('a wrong option file: every mistake at once, with its place and what would be right', async () => {
  using scratch = new Scratch();
  const file = join(scratch.path, 'broker.conf');
  writeFileSync(file, 'listenPort=eleven\nflushDiskTyp=SYNC_FLUSH\nmaxMessageSize=-1\n');
  const output = await saying(gantry(['broker', '-c', file]), exit.refused);
  expect(output).toMatch(/broker\.conf:1: .*listenPort.*eleven/);
  expect(output).toMatch(/broker\.conf:2: .*flushDiskTyp.*flushDiskType/);
  expect(output).toMatch(/broker\.conf:3: .*maxMessageSize.*-1/);
});

test('a wrong manifest: every mistake at once, with the path of its field', async () => {
  using scratch = new Scratch();
  const file = join(scratch.path, 'cluster.yaml');
  writeFileSync(
    file,
    [
      'apiVersion: gantrymq.io/v1alpha1',
      'kind: RocketMQCluster',
      'metadata:',
      '  name: wrong',
      'spec:',
      '  nameServer:',
      '    replicas: many',
      '  brokerSet: []',
    ].join('\n'),
  );
  const output = await saying(gantry(['up', '-f', file], { cwd: scratch.path }), exit.refused);
  expect(output).toMatch(/spec\.nameServer\.replicas/);
  expect(output).toMatch(/brokerSet\b/);
});

test('a command that there is not', async () => {
  expect(await saying(gantry(['brokr']), exit.usage)).toMatch(/brokr/);
});

test('an option file that there is not', async () => {
  using scratch = new Scratch();
  const file = join(scratch.path, 'broker.conf');
  const output = await saying(gantry(['broker', '-c', file]), exit.notFound);
  expect(output).toContain(`Cannot read ${file}: there is no such file`);
});

test('a port in use: names the address', async () => {
  using scratch = new Scratch();
  await using broker = await startBroker({
    address: '127.0.32.1:10911',
    folder: join(scratch.path, 'first'),
  });
  const second = runBroker({ address: broker.address, folder: join(scratch.path, 'second') });
  expect(await saying(second, exit.portInUse)).toContain('127.0.32.1:10911');
});

test('two brokers on one directory: the second is refused and names the first', async () => {
  using scratch = new Scratch();
  await using broker = await startBroker({ address: '127.0.32.2:10911', folder: scratch.path });
  const second = runBroker({ address: '127.0.32.3:10911', folder: scratch.path });
  const output = await saying(second, exit.locked);
  expect(output).toContain(broker.storeFolder);
  expect(output).toContain(String(broker.process.pid));
  expect(broker.process.exit).toBeUndefined();
});

test('a store of a newer format is left alone', async () => {
  using scratch = new Scratch();
  const folder = join(scratch.path, 'store');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gantry.json'), '{"formatVersion":99}');
  const output = await saying(
    runBroker({ address: '127.0.32.4:10911', folder: scratch.path }),
    exit.newerFormat,
  );
  expect(output).toMatch(/99/);
});

test('the store of another broker is left alone: names both, and says what helps', async () => {
  using scratch = new Scratch();
  const folder = join(scratch.path, 'store');
  mkdirSync(folder, { recursive: true });
  const owner = { clusterName: 'DefaultCluster', brokerName: 'broker-b' };
  writeFileSync(join(folder, 'gantry-owner.json'), JSON.stringify(owner));
  const broker = runBroker({ address: '127.0.32.5:10911', folder: scratch.path });
  const output = await saying(broker, exit.wrongIdentity);
  expect(output).toMatch(/belongs to broker "broker-b".*this is broker "broker-a"/);
  expect(output).toContain('Start it with brokerClusterName=DefaultCluster brokerName=broker-b');
  expect(existsSync(join(folder, 'commitlog'))).toBe(false);
});

test('a log that something else is in is left alone, by its name', async () => {
  using scratch = new Scratch();
  const folder = join(scratch.path, 'store', 'commitlog');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'notes.txt'), 'not a log');
  const broker = runBroker({ address: '127.0.32.6:10911', folder: scratch.path });
  expect(await saying(broker, exit.corruptStore)).toContain('notes.txt');
});
