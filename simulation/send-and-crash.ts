/**
 * A producer and consumers against one broker in trouble: what was acknowledged must be readable in
 * the end, at the place that was told, and what consumers saw must not have changed.
 */
import { brokerSchema, startBroker } from '../broker/mod.ts';
import { loadConfig } from '../config/mod.ts';
import { makeDurableFolder } from '../runtime/mod.ts';
import { isExpected } from './expected-deaths.ts';
import type { Main } from './host.ts';
import type { NetworkFaults } from './network.ts';
import { brokenPromises, type Placed } from './placed.ts';
import { Prng } from './prng.ts';
import { follow, readAll, send } from './sends.ts';
import { Simulation } from './simulation.ts';
import { tripwire } from './tripwire.ts';
import { type Trouble, trouble } from './trouble.ts';

const BROKER = 'broker:10911';
const ROOT = '/data/store';
const KiB = 1024;
const DURATION_MS = 3_000;

export interface Plan {
  readonly seed: number;
  readonly flush: 'SYNC_FLUSH' | 'ASYNC_FLUSH';
  /** What happens in every seed, and what in some. */
  readonly always: readonly Trouble[];
  readonly sometimes?: readonly Trouble[];
  /** The disk says it has synced and has not. */
  readonly syncsNothing?: boolean;
}

export interface Outcome {
  /** Broken promises, each as a sentence. */
  readonly broken: readonly string[];
  readonly acknowledged: number;
  readonly seen: number;
  readonly happened: readonly Trouble[];
  readonly simulatedMs: number;
  readonly fingerprint: string;
  /** The end of the history, for a report. */
  readonly lines: readonly string[];
}

export async function sendAndCrash(plan: Plan): Promise<Outcome> {
  using _ = tripwire();
  const swarm = new Prng(plan.seed).stream('swarm');
  const load = drawLoad(swarm);
  const simulation = new Simulation(plan.seed, { network: drawNetwork(swarm) });
  const syncsNothing = plan.syncsNothing === true;
  const broker = simulation.host('broker', { disk: { syncsNothing }, mayDieOf: isExpected });
  broker.start(main(drawConfig(swarm, plan)));

  const acknowledged: Placed[] = [];
  const seen: Placed[] = [];
  const producer = simulation.host('producer');
  producer.start((runtime) => {
    send(runtime, { broker: BROKER, ...load }, (message) => acknowledged.push(message));
  });
  const consumer = simulation.host('consumer');
  consumer.start((runtime) => {
    for (let queueId = 0; queueId < load.queues; queueId++) {
      void follow(runtime, BROKER, queueId, (message) => seen.push(message));
    }
  });

  const happened = await trouble({
    simulation,
    host: broker,
    peers: ['producer', 'consumer'],
    always: plan.always,
    sometimes: plan.sometimes ?? [],
    durationMs: DURATION_MS,
  });
  producer.kill();
  consumer.kill();
  if (plan.always.includes('power cut')) broker.crash();
  else broker.kill();
  if (!broker.isRunning) broker.restart();
  await simulation.run(500);
  const stored = await readBack(simulation, load.queues);
  return {
    broken: brokenPromises({ stored, acknowledged, seen }),
    acknowledged: acknowledged.length,
    seen: seen.length,
    happened,
    simulatedMs: simulation.nowMs,
    fingerprint: simulation.history.fingerprint,
    lines: simulation.history.lines,
  };
}

function drawLoad(prng: Prng) {
  return {
    queues: prng.between(1, 4),
    senders: prng.pick([1, 3, 8]),
    bodyBytesMax: prng.pick([50, 500, 6_000]),
  };
}

function drawNetwork(prng: Prng): NetworkFaults {
  return {
    delayUsMin: prng.between(20, 200),
    delayUsMax: prng.pick([300, 3_000, 30_000]),
    lendPercent: prng.pick([0, 10, 50]),
    cutPercent: prng.pick([0, 5, 50]),
  };
}

/** Small files, so that logs, queues and indexes roll. */
function drawConfig(prng: Prng, { flush }: Plan): string[] {
  return [
    'brokerName=broker',
    'brokerIP1=10.0.0.1',
    `storePathRootDir=${ROOT}`,
    `flushDiskType=${flush}`,
    `mappedFileSizeCommitLog=${prng.pick([64, 256, 4_096]) * KiB}`,
    `mappedFileSizeConsumeQueue=${prng.pick([2_000, 20_000])}`,
    'maxMessageSize=32768',
    'maxHashSlotNum=100',
    'maxIndexNum=400',
    // A full disk is a spell here; what was acknowledged must not be removed because of it.
    'cleanFileForciblyEnable=false',
  ];
}

function main(assignments: string[]): Main {
  const { config } = loadConfig(brokerSchema, {
    host: { name: 'broker', address: '10.0.0.1', homeFolder: '/data', environment: {} },
    assignments,
  });
  return async (runtime) => {
    makeDurableFolder(runtime.disk, ROOT);
    await startBroker(runtime, config);
  };
}

async function readBack(simulation: Simulation, queues: number): Promise<Placed[]> {
  const reader = simulation.host('reader').boot();
  const stored: Placed[] = [];
  for (let queueId = 0; queueId < queues; queueId++) {
    stored.push(...(await simulation.settle(readAll(reader, BROKER, queueId))));
  }
  return stored;
}
