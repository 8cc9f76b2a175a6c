/** Runs the load generators: `load.c` and the unmodified Java client. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peer } from '../test/processes/java.ts';
import {
  BENCH_QUEUES,
  BENCH_TOPIC,
  type Header,
  PULL_MESSAGES,
  pullFrame,
  sendFrame,
} from './frames.ts';

export interface Load {
  readonly perSecond: number;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly p9999Ms: number;
  readonly maxMs: number;
  readonly brokerCores: number;
  readonly brokerCpuUs: number;
  readonly sent: number;
  readonly answered: number;
  /** Answered with success. */
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
}

export interface Target {
  readonly address: string;
  readonly pid: number;
}

export interface Shape {
  readonly connections: number;
  /** Requests in flight on each connection, or requests a second in all. */
  readonly depth?: number;
  readonly ratePerSecond?: number;
  readonly header?: Header;
  readonly bodyBytes?: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Ends the run sooner. */
  readonly answersMax?: number;
}

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('./load.c', import.meta.url));
const BUILT = fileURLToPath(new URL('../node_modules/.cache/gantry-bench/load', import.meta.url));

/** Compiles the generator unless that has been done since it last changed. */
export function buildLoad(): void {
  const built = statSync(BUILT, { throwIfNoEntry: false });
  if (built && built.mtimeMs > statSync(SOURCE).mtimeMs) return;
  mkdirSync(dirname(BUILT), { recursive: true });
  execFileSync('cc', ['-O2', '-o', BUILT, SOURCE]);
}

export function sendLoad(target: Target, shape: Shape, folder: string): Promise<Load> {
  const { header = 'json', bodyBytes = 1024 } = shape;
  return generate(target, shape, frameFile(folder, `send-${header}`, sendFrame(header, bodyBytes)));
}

/** Pulls the offsets below `end` of every queue, 32 messages a request, over and over. */
export function pullLoad(
  target: Target,
  shape: Shape & { end: number },
  folder: string,
): Promise<Load> {
  const offsets = ['-k', String(PULL_MESSAGES), '-z', String(shape.end)];
  return generate(target, shape, [...frameFile(folder, 'pull', pullFrame()), ...offsets]);
}

function frameFile(folder: string, name: string, frame: Buffer): string[] {
  const path = join(folder, `${name}.frame`);
  writeFileSync(path, frame);
  return ['-f', path];
}

async function generate(target: Target, shape: Shape, rest: readonly string[]): Promise<Load> {
  const [host = '', port = ''] = target.address.split(':');
  const pace =
    shape.ratePerSecond === undefined ? ['-d', shape.depth ?? 1] : ['-r', shape.ratePerSecond];
  const broker = ['-a', host, '-p', port, '-P', target.pid, '-q', BENCH_QUEUES];
  const time = ['-c', shape.connections, '-s', shape.seconds, '-W', shape.warmSeconds];
  const bound = shape.answersMax === undefined ? [] : ['-n', shape.answersMax];
  const options = [...broker, ...time, ...pace, ...bound].map(String);
  const { stdout } = await run(BUILT, [...options, ...rest]);
  return JSON.parse(stdout) as Load;
}

export interface ClientLoad {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
}

/** The same through the unmodified Java client, which finds the broker by its name server. */
export async function clientLoad(
  nameServer: string,
  shape: Shape,
  folder: string,
): Promise<ClientLoad> {
  const pace =
    shape.ratePerSecond === undefined
      ? `inflight=${shape.depth ?? 1}`
      : `rate=${shape.ratePerSecond}`;
  const client = peer(
    [
      'client',
      'LoadClient',
      `namesrv=${nameServer}`,
      `topic=${BENCH_TOPIC}`,
      `clients=${shape.connections}`,
      pace,
      `seconds=${shape.seconds}`,
      `warm=${shape.warmSeconds}`,
    ],
    { folder },
  );
  await client.done();
  const line = client.output.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`LoadClient printed no figures: ${client.tail()}`);
  return JSON.parse(line) as ClientLoad;
}
