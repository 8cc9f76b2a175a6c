/**
 * The parts of the benchmark: what is run against a broker, and which figures come of it. Parts of
 * one session run on the same broker process, in the order of this table.
 */
import type { Figures } from './figures.ts';
import { type ClientLoad, clientLoad, type Load, pullLoad, type Shape, sendLoad } from './load.ts';
import { cpuSecondsOf, memoryOf } from './machine.ts';
import { type Bench, storedByQueue } from './sides.ts';

export const sessions = {
  plain: {},
  sync: { flushDiskType: 'SYNC_FLUSH' },
} as const;

export interface Size {
  /** Of each measured run, and of the throw-away run before the first. */
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Between a start and the look at idle memory. */
  readonly idleSeconds: number;
  readonly repeats: number;
  /** Leaves out what only a figure needs and a proof that it runs does not. */
  readonly brief: boolean;
}

export const sizes = {
  smoke: { seconds: 0.5, warmSeconds: 0.5, idleSeconds: 0, repeats: 1, brief: true },
  full: { seconds: 5, warmSeconds: 10, idleSeconds: 5, repeats: 5, brief: false },
} as const satisfies Readonly<Record<string, Size>>;

export interface Run {
  readonly bench: Bench;
  readonly size: Size;
  readonly folder: string;
  /** Told of every load that ran, to compare totals. */
  ran(load: Totals): void;
}

/** Of one load: what left, what came back, what the broker said it took. */
export interface Totals {
  readonly sent: number;
  readonly answered: number;
  readonly accepted: number;
}

export interface Part {
  readonly session: keyof typeof sessions;
  /** Needs more of a broker than the send path, which is all a prototype has. */
  readonly whole: boolean;
  run(run: Run): Promise<Figures>;
}

const closed = ({ size }: Run, connections: number, depth: number): Shape => ({
  connections,
  depth,
  seconds: size.seconds,
  warmSeconds: Math.min(1, size.warmSeconds),
});
const open = ({ size }: Run, connections: number, ratePerSecond: number): Shape => ({
  connections,
  ratePerSecond,
  seconds: size.seconds * 2,
  warmSeconds: Math.min(2, size.warmSeconds),
});

async function send(run: Run, shape: Shape): Promise<Load> {
  const load = await sendLoad(run.bench, shape, run.folder);
  run.ran(load);
  return load;
}

async function client(run: Run, shape: Shape): Promise<ClientLoad & { brokerCpuUs: number }> {
  const before = cpuSecondsOf(run.bench.pid);
  const load = await clientLoad(run.bench.nameServer, shape, run.folder);
  const brokerCpuUs = ((cpuSecondsOf(run.bench.pid) - before) * 1e6) / load.answered;
  const { sent, failed, answered } = load;
  run.ran({ sent, answered: answered + failed, accepted: answered });
  return { ...load, brokerCpuUs };
}

/** Of the throw-away run: more would only fill memory that a virtual machine is given as it asks. */
const WARM_ANSWERS_MAX = 1_000_000;

/** A throw-away run: a JVM compiles, a page cache fills. The same for every side. */
export async function warmUp(run: Run): Promise<void> {
  await send(run, {
    ...closed(run, 16, 16),
    seconds: run.size.warmSeconds,
    warmSeconds: 0,
    answersMax: WARM_ANSWERS_MAX,
  });
}

function openLoopFigures(load: Load, prefix: 'open20' | 'open50'): Figures {
  const acceptedShare = load.answered > 0 ? load.accepted / load.answered : 0;
  return {
    [`${prefix}Rate`]: load.perSecond * acceptedShare,
    [`${prefix}P50`]: load.p50Ms,
    [`${prefix}P99`]: load.p99Ms,
    [`${prefix}P999`]: load.p999Ms,
    [`${prefix}Cpu`]: load.brokerCpuUs,
  };
}

export const parts = {
  start: {
    session: 'plain',
    whole: true,
    async run(run) {
      await new Promise((resolve) => setTimeout(resolve, run.size.idleSeconds * 1000));
      const idle = memoryOf(run.bench.pid);
      const seconds = Math.min(3, run.size.seconds);
      const cold = await send(run, { connections: 1, depth: 64, seconds, warmSeconds: 0 });
      return {
        ready: run.bench.readyMs,
        cold: cold.perSecond,
        idleResident: idle.residentMiB,
        idleAnonymous: idle.anonymousMiB,
      };
    },
  },
  send: {
    session: 'plain',
    whole: false,
    async run(run) {
      const one = await send(run, closed(run, 1, 64));
      const many = await send(run, closed(run, 16, 16));
      return {
        send64: one.perSecond,
        send64Cpu: one.brokerCpuUs,
        send64P99: one.p99Ms,
        send256: many.perSecond,
        send256Cpu: many.brokerCpuUs,
        send256P99: many.p99Ms,
      };
    },
  },
  binary: {
    session: 'plain',
    whole: false,
    async run(run) {
      if (run.size.brief) return {};
      const one = await send(run, { ...closed(run, 1, 64), header: 'binary' });
      const many = await send(run, { ...closed(run, 16, 16), header: 'binary' });
      return { binary64: one.perSecond, binary256: many.perSecond };
    },
  },
  open: {
    session: 'plain',
    whole: false,
    async run(run) {
      const slow = await send(run, open(run, 16, 20_000));
      const fast = await send(run, open(run, 16, 50_000));
      return { ...openLoopFigures(slow, 'open20'), ...openLoopFigures(fast, 'open50') };
    },
  },
  pull: {
    session: 'plain',
    whole: true,
    async run(run) {
      const stored = Math.min(...(await storedByQueue(run.bench.address)));
      const end = Math.min(40_000, stored - (stored % 32));
      const load = await pullLoad(run.bench, { ...closed(run, 8, 4), end }, run.folder);
      return { pull: load.messagesPerSecond, pullCpu: load.brokerCpuUs };
    },
  },
  memory: {
    session: 'plain',
    whole: true,
    run: (run) => {
      const loaded = memoryOf(run.bench.pid);
      return Promise.resolve({
        loadedResident: loaded.residentMiB,
        loadedAnonymous: loaded.anonymousMiB,
      });
    },
  },
  client: {
    session: 'plain',
    whole: true,
    async run(run) {
      // The client's own JVM starts cold each time.
      const warmSeconds = run.size.warmSeconds;
      const one = await client(run, { ...closed(run, 1, 64), warmSeconds });
      const first = {
        client64: one.perSecond,
        client64P99: one.p99Ms,
        client64Cpu: one.brokerCpuUs,
      };
      if (run.size.brief) return first;
      const many = await client(run, { ...closed(run, 16, 16), warmSeconds });
      const paced = await client(run, { ...open(run, 4, 5000), warmSeconds });
      return {
        ...first,
        client256: many.perSecond,
        client256P99: many.p99Ms,
        clientOpenP99: paced.p99Ms,
      };
    },
  },
  sync: {
    session: 'sync',
    whole: false,
    async run(run) {
      const one = await send(run, closed(run, 1, 64));
      const many = await send(run, closed(run, 16, 16));
      return {
        sync64: one.perSecond,
        sync64P99: one.p99Ms,
        sync256: many.perSecond,
        sync256P99: many.p99Ms,
      };
    },
  },
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];
