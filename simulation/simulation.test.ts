import { expect, test } from 'vitest';
import { assert, type Runtime, sleep } from '../runtime/mod.ts';
import { Simulation } from './simulation.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** Draws, waits and logs in three tasks at once. */
function chatter(runtime: Runtime): void {
  for (const task of ['a', 'b', 'c']) {
    void (async () => {
      for (let round = 0; round < 20; round++) {
        await sleep(runtime.clock, runtime.random.below(5));
        runtime.log.info('Round', { task, round, wallMs: runtime.clock.wallMs() });
      }
    })();
  }
}

async function fingerprint(seed: number): Promise<string> {
  const simulation = new Simulation(seed);
  simulation.host('one').start(chatter);
  simulation.host('two').start(chatter);
  simulation.after(30, () => simulation.network.resetAny());
  await simulation.run(1_000);
  return simulation.history.fingerprint;
}

test('one seed, one history; another seed, another', async () => {
  const first = await Promise.all(seeds.map(fingerprint));
  const second: string[] = [];
  for (const seed of seeds) second.push(await fingerprint(seed));
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(seeds.length);
});

test('an hour of simulated time takes no real time when nothing happens', async () => {
  const simulation = new Simulation(1);
  await simulation.run(3_600_000);
  expect(simulation.nowMs).toBe(3_600_000);
});

test('a dead process runs nothing: no timer, no promise, no finally', async () => {
  const simulation = new Simulation(1);
  const host = simulation.host('node');
  const seen: string[] = [];
  host.start(async ({ clock }) => {
    clock.every(10, () => seen.push('tick'));
    clock.endOfTurn(() => seen.push('turn'));
    try {
      await sleep(clock, 50);
      seen.push('woke');
    } finally {
      seen.push('finally');
    }
  });
  await simulation.run(25);
  host.kill();
  await simulation.run(1_000);
  expect(seen).toEqual(['turn', 'tick', 'tick']);
  expect(host.isRunning).toBe(false);
});

test('a restart runs the same program from its beginning, with its disk', async () => {
  const simulation = new Simulation(1);
  const host = simulation.host('node');
  host.start(({ disk }) => {
    disk.makeFolder(`/boot-${disk.list('/').length}`);
  });
  await simulation.run(1);
  host.kill();
  host.restart();
  await simulation.run(1);
  expect(host.boot().disk.list('/')).toHaveLength(2);
});

test('what a program throws or rejects with fails the run', async () => {
  const simulation = new Simulation(1);
  simulation.host('node').start(async ({ clock }) => {
    await sleep(clock, 5);
    throw new Error('broken promise');
  });
  await expect(simulation.run(10)).rejects.toThrow('broken promise');
  simulation.host('other').start(({ clock }) => {
    clock.after(5, () => assert(false, 'no such thing'));
  });
  await expect(simulation.run(10)).rejects.toThrow('no such thing');
});

test('a process that ends with an error it may end with is started again, its connections gone', async () => {
  const simulation = new Simulation(1);
  const mayDieOf = (error: unknown, when: string): boolean =>
    error instanceof RangeError && when === 'later';
  const host = simulation.host('node', { mayDieOf });
  const starts: number[] = [];
  host.start(({ clock }) => {
    starts.push(clock.monotonicMs());
    clock.after(10, () => {
      throw starts.length === 1 ? new RangeError('expected') : new TypeError('a bug');
    });
  });
  await simulation.run(100);
  expect(starts).toEqual([0]);
  expect(host.isRunning).toBe(false);
  await expect(simulation.run(100)).rejects.toThrow('a bug');
  expect(starts).toEqual([0, 110]);
});

test('a paused process is late, not lost', async () => {
  const simulation = new Simulation(1);
  const host = simulation.host('node');
  const seen: number[] = [];
  host.start(({ clock }) => {
    clock.after(10, () => seen.push(clock.monotonicMs()));
  });
  await simulation.run(1);
  host.pause(500);
  await simulation.run(1_000);
  expect(seen).toEqual([501]);
});

test('a wall clock may be off, drift and step; the monotonic one runs true', async () => {
  const simulation = new Simulation(1);
  const right = simulation.host('right').boot().clock;
  const wrong = simulation.host('wrong', { wallClock: { offsetMs: -90, driftPpm: 1_000 } });
  const { clock } = wrong.boot();
  await simulation.run(100_000);
  expect(clock.wallMs() - right.wallMs()).toBe(10);
  wrong.wallClock.offsetMs = 5_000;
  expect(clock.wallMs() - right.wallMs()).toBe(5_100);
  expect(clock.monotonicMs()).toBe(right.monotonicMs());
});

test('what never settles is told, not waited for', async () => {
  const simulation = new Simulation(1);
  await expect(simulation.settle(new Promise(() => undefined), 10)).rejects.toThrow(
    'within 10 simulated ms',
  );
});
