import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Prepared, prepare } from './cluster.ts';

const QUICKSTART = readFileSync(new URL('../../examples/quickstart.yaml', import.meta.url), 'utf8');

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gantry-cluster-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const wanted = (text: string, name?: string): Promise<Prepared> =>
  prepare({
    file: 'it.yaml',
    text,
    root,
    name,
    nameServer: { host: '127.0.0.1', port: 9876 },
  });

/** As `up` leaves it behind. */
async function started(text: string, name?: string): Promise<Prepared> {
  const prepared = await wanted(text, name);
  prepared.folder.make();
  prepared.folder.keepDesired(prepared.desired);
  prepared.folder.keepManifest(text);
  return prepared;
}

describe('what a manifest asks of this machine', () => {
  test('the quickstart: two processes, the name server where clients look for it', async () => {
    const { desired, folder, notes } = await wanted(QUICKSTART);
    expect(desired.nameServers).toEqual(['127.0.0.1:9876']);
    expect(desired.processes.map(({ pod }) => pod)).toEqual([
      'quickstart-nameserver-0',
      'quickstart-broker-0-0',
    ]);
    expect(folder.path).toBe(join(root, 'quickstart'));
    expect(notes).toEqual([]);
  });

  test('is the same the second time', async () => {
    const { desired } = await started(QUICKSTART);
    expect((await wanted(QUICKSTART)).desired).toEqual(desired);
  });

  test('is the same the second time under another name too', async () => {
    const { desired } = await started(QUICKSTART, 'other');
    expect((await wanted(QUICKSTART, 'other')).desired).toEqual(desired);
  });

  test('says what only Kubernetes can do', async () => {
    const pod = 'pod: { resources: { limits: { memory: 1Gi } }, nodeSelector: { disk: nvme } }';
    const { notes } = await wanted(QUICKSTART.replace('durability: Async', pod));
    expect(notes).toEqual(['Only Kubernetes knows what to do with: nodeSelector, resources']);
  });
});

describe('what cannot be here is refused', () => {
  test('every key that its server would not take, where it is written, with the field to use', async () => {
    const config = [
      'config:',
      '        flushDiskTyp: SYNC_FLUSH',
      '        maxMessageSize: "many"',
      '        autoCreateTopicEnabled: "false"',
      '        slaveReadEnable: "true"',
    ].join('\n');
    const text = QUICKSTART.replace('durability: Async', config).replace(
      'nameServer:\n    replicas: 1',
      'nameServer:\n    replicas: 1\n    config: { listenPorts: "1" }',
    );
    const error = await wanted(text).catch((thrown: unknown) => thrown as Error);
    const lines = (error as Error).message.split('\n').slice(1);
    expect(lines.map((line) => line.trim())).toEqual([
      'it.yaml:11:15: spec.nameServer.config.listenPorts: there is no "listenPorts"; for listenPort it is always 9876',
      'it.yaml:17:9: spec.brokerSets[0].config.flushDiskTyp: there is no "flushDiskTyp"; for flushDiskType use `flush`',
      expect.stringMatching(
        /^it\.yaml:18:9: .+: maxMessageSize is "many", expected a whole number/,
      ),
      expect.stringMatching(/^it\.yaml:19:9: .+: did you mean "autoCreateTopicEnable"\?$/),
      expect.stringMatching(/^it\.yaml:20:9: .+; leave it at "false"$/),
    ]);
  });

  test('another version', async () => {
    const text = QUICKSTART.replace('spec:', 'spec:\n  version: 9.9.9');
    await expect(wanted(text)).rejects.toThrow(/spec\.version: 9\.9\.9 is not this gantry/);
  });

  test('several clusters in one file, without a name for all of it', async () => {
    const second = QUICKSTART.replaceAll('quickstart', 'second');
    await expect(wanted(`${QUICKSTART}\n---\n${second}`)).rejects.toThrow(/say --name/);
  });

  test('a broker set that is not in the file any more', async () => {
    await started(QUICKSTART);
    const renamed = QUICKSTART.replace('name: broker', 'name: other');
    await expect(wanted(renamed)).rejects.toThrow(/taking a set away comes with draining/);
  });

  test('a change that is none of what exists', async () => {
    await started(QUICKSTART.replace('groups: 1', 'groups: 2'));
    await expect(wanted(QUICKSTART)).rejects.toThrow(/2 groups cannot become 1/);
  });
});
