/**
 * A store on a machine in trouble, without a broker around it: appends as fast as turns go, and at
 * each start everything that was confirmed is looked for, in its queue and by its key.
 */
import { decodeRecord, decodeRecords } from '../protocol/mod.ts';
import { makeDurableFolder, type Runtime, sleep } from '../runtime/mod.ts';
import {
  Append,
  Appended,
  defaultStoreOptions,
  MessageStore,
  QueueQuery,
  QueueRead,
  type StoreOptions,
} from '../store/mod.ts';
import { isExpected } from './expected-deaths.ts';
import { brokenPromises, type Placed } from './placed.ts';
import { Prng } from './prng.ts';
import { Simulation } from './simulation.ts';
import { tripwire } from './tripwire.ts';
import { type Trouble, trouble } from './trouble.ts';

const TOPIC = 'orders';
const ROOT = '/data/store';
const DURATION_MS = 4_000;

export interface StorePlan {
  readonly seed: number;
  readonly flushMode: StoreOptions['flushMode'];
  /** What happens in every seed, and what in some. */
  readonly always: readonly Trouble[];
  readonly sometimes?: readonly Trouble[];
  /** The disk says it has synced and has not. */
  readonly syncsNothing?: boolean;
}

export interface StoreOutcome {
  /** Broken promises, each as a sentence. */
  readonly broken: readonly string[];
  readonly confirmed: number;
  readonly starts: number;
  readonly happened: readonly Trouble[];
  readonly simulatedMs: number;
  readonly fingerprint: string;
  /** The end of the history, for a report. */
  readonly lines: readonly string[];
}

/** What outlives the processes: what their clients were told. */
interface Ledger {
  readonly confirmed: Placed[];
  readonly broken: string[];
  starts: number;
  appends: number;
}

interface Load {
  readonly queues: number;
  readonly appendsMax: number;
  readonly bodyBytesMax: number;
}

export async function storeAndCrash(plan: StorePlan): Promise<StoreOutcome> {
  using _ = tripwire();
  const swarm = new Prng(plan.seed).stream('swarm');
  const simulation = new Simulation(plan.seed);
  const syncsNothing = plan.syncsNothing === true;
  const host = simulation.host('store', { disk: { syncsNothing }, mayDieOf: isExpected });
  const ledger: Ledger = { confirmed: [], broken: [], starts: 0, appends: 0 };
  const load = {
    queues: swarm.between(1, 4),
    appendsMax: swarm.pick([1, 3, 12]),
    bodyBytesMax: swarm.pick([50, 500, 6_000]),
  };
  const options = drawOptions(swarm, plan);
  host.start((runtime) => work(runtime, options, load, ledger));
  const happened = await trouble({
    simulation,
    host,
    peers: [],
    always: plan.always,
    sometimes: plan.sometimes ?? [],
    durationMs: DURATION_MS,
  });
  if (plan.always.includes('power cut')) host.crash();
  else host.kill();
  if (!host.isRunning) host.restart();
  await simulation.run(300);
  return {
    broken: ledger.broken,
    confirmed: ledger.confirmed.length,
    starts: ledger.starts,
    happened,
    simulatedMs: simulation.nowMs,
    fingerprint: simulation.history.fingerprint,
    lines: simulation.history.lines,
  };
}

/** Small files, so that logs, queues and indexes roll. */
function drawOptions(prng: Prng, { flushMode }: StorePlan): StoreOptions {
  return {
    ...defaultStoreOptions,
    folder: ROOT,
    storeHost: { address: Buffer.from([10, 0, 0, 1]), port: 10_911 },
    flushMode,
    commitLogFileBytes: prng.pick([32, 256, 4_096]) * 1024,
    consumeQueueFileBytes: prng.pick([2_000, 20_000]),
    indexSlots: prng.pick([10, 100]),
    indexEntries: prng.pick([40, 400]),
    bodyBytesMax: 16 * 1024,
    checkpointIntervalMs: prng.pick([50, 500, 10_000]),
    // A full disk is a spell here; what was confirmed must not be removed because of it.
    mayCleanForcibly: false,
  };
}

/** One life: opens the store, looks for all that was confirmed, appends for ever. */
async function work(
  runtime: Runtime,
  options: StoreOptions,
  load: Load,
  ledger: Ledger,
): Promise<void> {
  makeDurableFolder(runtime.disk, ROOT);
  const store = await MessageStore.open(runtime, options);
  ledger.starts++;
  const stored = readAll(store, load.queues);
  const { confirmed } = ledger;
  ledger.broken.push(
    ...brokenPromises({ stored, acknowledged: confirmed, seen: [] }),
    ...confirmed.slice(-100).flatMap((message) => lostKey(store, message)),
  );
  const waiting: (Placed & { readonly logEnd: number })[] = [];
  store.observe({
    onWatermark() {
      while ((waiting[0]?.logEnd ?? Infinity) <= store.confirmedEnd) {
        const message = waiting.shift();
        if (message !== undefined) confirmed.push(message);
      }
    },
    onLost(from) {
      while ((waiting.at(-1)?.logEnd ?? 0) > from) waiting.pop();
    },
  });
  const [input, output] = [new Append(), new Appended()];
  for (;;) {
    const count = runtime.random.below(load.appendsMax + 1);
    for (let index = 0; index < count; index++) {
      fill(input, store, { ...load, name: `message ${ledger.appends++}` }, runtime);
      store.append(input, output);
      if (output.status !== 'stored') continue;
      const { queueOffset, logEnd } = output;
      waiting.push({ queueId: input.queueId, queueOffset, logEnd, body: input.body.toString() });
    }
    store.commit();
    await sleep(runtime.clock, runtime.random.below(80));
  }
}

function fill(
  input: Append,
  store: MessageStore,
  { name, queues, bodyBytesMax }: Load & { readonly name: string },
  { clock, random }: Runtime,
): void {
  input.topic = store.topic(TOPIC);
  input.queueId = random.below(queues);
  input.bornTimestamp = clock.wallMs();
  input.body = Buffer.from(`${name} `.padEnd(1 + random.below(bodyBytesMax), '.'));
  input.bodyEnd = input.body.length;
  input.properties = Buffer.from(`KEYS\u0001${keyOf(name)}\u0002`);
  input.propertiesEnd = input.properties.length;
}

/** "message 17 …" is found under "message-17". */
function keyOf(body: string): string {
  return body.split(' ').slice(0, 2).join('-');
}

function readAll(store: MessageStore, queues: number): Placed[] {
  const stored: Placed[] = [];
  const [query, read] = [new QueueQuery(), new QueueRead()];
  for (let queueId = 0; queueId < queues; queueId++) {
    query.queue = store.topic(TOPIC).queue(queueId);
    query.offset = 0;
    for (;;) {
      store.read(query, read);
      if (read.status !== 'FOUND') break;
      const lent = store.lend(read);
      for (const record of decodeRecords(Buffer.concat(lent.buffers))) {
        const { queueOffset, body } = record;
        stored.push({ queueId: record.queueId, queueOffset, body: body.toString() });
      }
      lent.giveBack();
      query.offset = read.nextOffset;
    }
  }
  return stored;
}

/** The index is made from the log: what is in one is found by the other. */
function lostKey(store: MessageStore, { body }: Placed): string[] {
  const key = keyOf(body);
  const offsets = store.findByKey({
    topic: TOPIC,
    key,
    hitsMax: 64,
    beginMs: 0,
    endMs: Number.MAX_SAFE_INTEGER,
  });
  const isFound = offsets.some((offset) => {
    const record = store.findRecord(offset);
    return record !== undefined && decodeRecord(record).body.toString() === body;
  });
  return isFound ? [] : [`${key} is not found by its key, at ${offsets.join()}`];
}
