/**
 * `gantry up` with real processes: the supervisor, its pods, and what becomes of them when any of
 * them is killed. Name servers alone: what runs in a pod makes no difference to who keeps it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProcess } from '../../cli/local/process-identity.ts';
import { gantry } from '../processes/gantry.ts';
import { Scratch } from '../processes/scratch.ts';
import { Wire } from '../processes/wire.ts';

interface Pod {
  readonly name: string;
  readonly role: string;
  readonly pid: number | null;
  readonly address: string;
  readonly ready: boolean;
  readonly state: string;
  readonly restarts: number;
  readonly dataFolder: string;
}

interface Status {
  readonly cluster: string;
  readonly nameServers: readonly string[];
  readonly supervisor: number | null;
  readonly pods: readonly Pod[];
}

const LAUNCHER = fileURLToPath(new URL('../../bin/gantry', import.meta.url));
/** Not the address of a cluster that a person runs beside the tests. */
const ADDRESS = '127.0.61.1:19876';

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
});

afterEach(async () => {
  for (const name of ['lone', 'other']) await run(['down', '--name', name]).exited;
  scratch[Symbol.dispose]();
});

const run = (command: readonly string[]) => gantry(command, { cwd: scratch.path });

function manifest(replicas: number, more = ''): string {
  const path = join(scratch.path, 'cluster.yaml');
  writeFileSync(
    path,
    `apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: lone }
spec: { replicas: ${replicas}, ${more} }
`,
  );
  return path;
}

const up = (file: string, ...more: string[]) =>
  run(['up', '-f', file, '--nameserver', ADDRESS, ...more]);

async function status(name = 'lone'): Promise<Status> {
  return JSON.parse(await run(['status', '-o', 'json', '--name', name]).done()) as Status;
}

/** As a script would: ask again until it is so. */
async function until(condition: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const now = await status();
    if (condition(now)) return now;
  }
}

function isAlive(pid: number | null): boolean {
  return pid !== null && findProcess(pid) !== undefined;
}

describe('a local cluster', () => {
  test('comes up, serves where it says, comes back after a kill, and ends without a trace', async () => {
    const output = await up(manifest(2)).done();
    expect(output).toContain('lone-nameserver-1 is ready');
    const first = await status();
    expect(first.nameServers[0]).toBe(ADDRESS);
    expect(first.pods.map(({ name, ready }) => [name, ready])).toEqual([
      ['lone-nameserver-0', true],
      ['lone-nameserver-1', true],
    ]);
    for (const { address } of first.pods) (await Wire.connect(address))[Symbol.dispose]();

    await run(['kill', 'lone-nameserver-0']).done();
    const back = await until(({ pods }) => pods.every(({ ready }) => ready));
    expect(back.pods.map(({ restarts }) => restarts)).toEqual([1, 0]);
    expect(back.pods[0]?.pid).not.toBe(first.pods[0]?.pid);

    await run(['stop', 'lone-nameserver-1']).done();
    expect((await status()).pods[1]).toMatchObject({ state: 'stopped', pid: null });
    await run(['start', 'lone-nameserver-1']).done();
    const again = await status();
    expect(again.pods[1]).toMatchObject({ ready: true });

    await run(['down']).done();
    expect(again.pods.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
    expect(isAlive(again.supervisor)).toBe(false);
    expect(again.pods.every(({ dataFolder }) => existsSync(dataFolder))).toBe(true);
    expect((await status()).pods.map(({ state }) => state)).toEqual(['stopped', 'stopped']);

    await run(['down', '--delete-data', '--yes']).done();
    expect(existsSync(join(scratch.path, '.gantry/lone'))).toBe(false);
  });

  test('asked for again, changes only what its manifest changed', async () => {
    await up(manifest(1)).done();
    const [before] = (await status()).pods;
    await up(manifest(2)).done();
    const grown = (await status()).pods;
    expect(grown).toHaveLength(2);
    expect(grown[0]).toEqual(before);

    await up(manifest(2, 'config: { enableTopicList: "false" }')).done();
    const changed = (await status()).pods;
    expect(changed.map(({ ready }) => ready)).toEqual([true, true]);
    expect(changed[0]?.pid).not.toBe(before?.pid);
    expect(changed.map(({ address }) => address)).toEqual(grown.map(({ address }) => address));
  });

  test('whose supervisor was killed leaves no process behind, after down as after up', async () => {
    const file = manifest(1);
    for (const next of [['down'], ['up', '-f', file, '--nameserver', ADDRESS]]) {
      await up(file).done();
      const { supervisor, pods } = await status();
      process.kill(supervisor ?? Number.NaN, 'SIGKILL');
      await expect.poll(() => isAlive(supervisor)).toBe(false);
      expect(isAlive(pods[0]?.pid ?? null)).toBe(true);
      await run(next).done();
      expect(isAlive(pods[0]?.pid ?? null)).toBe(false);
    }
    expect((await status()).pods[0]?.ready).toBe(true);
  });

  test('attached, shows the logs until Ctrl-C and then stops everything', async () => {
    const attached = up(manifest(1), '--attach');
    await attached.seen(/stop, keeping the data/);
    const { pods } = await status();
    await run(['kill', 'lone-nameserver-0']).done();
    await attached.seen(/"msg":"Ready"/);
    await attached.stop('SIGINT');
    await attached.done();
    expect(isAlive(pods[0]?.pid ?? null)).toBe(false);
    expect((await status()).supervisor).toBeNull();
  });

  test('may have another beside it', async () => {
    const file = manifest(1);
    await up(file).done();
    await run(['up', '-f', file, '--name', 'other', '--nameserver', '127.0.61.2:19876']).done();
    expect((await status('lone')).pods[0]?.ready).toBe(true);
    expect((await status('other')).nameServers).toEqual(['127.0.61.2:19876']);
    const shown = await run(['status']).done();
    expect(shown).toMatch(/^lone: .+^other: /ms);
    const third = ['--name', 'third', '--nameserver', '127.0.61.2:19876', '--state', 'elsewhere'];
    expect(await run(['up', '-f', file, ...third]).done(5)).toMatch(
      /pod lone-nameserver-0 of the local cluster other in .+ does already; stop it with `.+ down --name other`, or/,
    );
    const ambiguous = await run(['down']).done(2);
    expect(ambiguous).toContain('say which with --name lone, --name other');
  });

  test('shows what its pods said', async () => {
    await up(manifest(1)).done();
    const said = await run(['logs', 'lone-nameserver-0']).done();
    expect(said).toContain('"msg":"Ready"');
    // Nobody reads it to the end.
    const pipe = ['-c', 'set -o pipefail; "$0" logs | true', LAUNCHER];
    const piped = spawnSync('bash', pipe, { cwd: scratch.path, encoding: 'utf8' });
    expect(piped).toMatchObject({ status: 0, stderr: '' });
    expect(await run(['logs', 'lone-nameserver-7']).done(4)).toContain(
      'no pod "lone-nameserver-7": there is lone-nameserver-0',
    );
  });
});

describe('a cluster that cannot be', () => {
  test('because its port is taken, says by whom, and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(19_876, '127.0.61.1', resolve));
    const output = await up(manifest(1)).done(5);
    expect(output).toContain(`Cannot listen on ${ADDRESS}: process ${process.pid} (`);
    expect(output).toContain('or choose another address: --nameserver 127.0.61.1:19877');
    expect(existsSync(join(scratch.path, '.gantry'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  test('because its manifest is wrong, says everything that is', async () => {
    const output = await up(manifest(99, 'storag: {}')).done(3);
    expect(output).toMatch(/cluster.yaml:4:19: spec.replicas: 99 is not right/);
    expect(output).toMatch(/spec.storag: there is no field "storag" here: did you mean "storage"/);
  });

  test('because of options that its server does not know, leaves what runs as it is', async () => {
    await up(manifest(1)).done();
    const before = await status();
    const config = 'config: { listnPort: "1", enableTopicLst: "false" }';
    const output = await up(manifest(1, config)).done(3);
    expect(output).toContain('cluster.yaml:4:32: spec.config.listnPort: there is no "listnPort"');
    expect(output).toMatch(/cluster.yaml:4:\d+: spec.config.enableTopicLst: .+ "enableTopicList"/);
    expect(await status()).toEqual(before);
  });

  test('because its name server is meant to be smaller than its data, is refused', async () => {
    await up(manifest(1, 'storage: { size: 2Gi }')).done();
    const output = await up(manifest(1, 'storage: { size: 1Gi }')).done(3);
    expect(output).toContain('1Gi is less than the 2Gi it was; a volume can only grow');
    expect(readFileSync(join(scratch.path, '.gantry/lone/manifest.yaml'), 'utf8')).toContain('2Gi');
  });
});
