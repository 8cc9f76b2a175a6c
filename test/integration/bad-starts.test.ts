/** Starts that must fail: each says what is wrong and what would be right, and how by its exit code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gantry, runBroker, startBroker } from '../processes/gantry.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const exit = { refused: 3, portInUse: 5, locked: 6, newerFormat: 7 } as const;

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
