import { expect, test } from 'vitest';
import type { Connection, ConnectionEvents, Runtime } from '../runtime/mod.ts';
import type { NetworkFaults } from './network.ts';
import { Simulation } from './simulation.ts';

const PORT = 9876;
const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

interface Told {
  input: string;
  drains: number;
  closed: string | undefined;
}

function listener(told: Told): ConnectionEvents {
  return {
    onData: (bytes) => {
      told.input += bytes.toString('latin1');
    },
    onDrain: () => told.drains++,
    onClose: (error) => {
      told.closed = error?.message ?? 'ended';
    },
  };
}

const blank = (): Told => ({ input: '', drains: 0, closed: undefined });

/** A client and a server on machines of their own, connected. */
async function connected(seed: number, faults: Partial<NetworkFaults> = {}) {
  const simulation = new Simulation(seed, { network: faults });
  const server = simulation.host('server');
  const client = simulation.host('client');
  const [near, far] = [blank(), blank()];
  const accepted: Connection[] = [];
  const listen = async ({ network }: Runtime): Promise<void> => {
    await network.listen({ host: '0.0.0.0', port: PORT }, (connection) => {
      accepted.push(connection);
      return listener(far);
    });
  };
  server.start(listen);
  const runtime = client.boot();
  await simulation.run(1);
  const dial = runtime.network.dial({ host: 'server', port: PORT }, listener(near), 1_000);
  const connection = await simulation.settle(dial);
  await simulation.run(5);
  const [serverConnection] = accepted;
  if (serverConnection === undefined) throw new Error('Not accepted');
  return { simulation, server, client, runtime, near, far, connection, serverConnection };
}

test('some seeds lend a buffer though there is room, and give it back', async () => {
  let lent = 0;
  for (const seed of seeds) {
    const { simulation, connection, near, far } = await connected(seed, { lendPercent: 30 });
    const hasLeft = connection.write(Buffer.from('x'));
    await simulation.run(10);
    expect(far.input).toBe('x');
    expect(near.drains).toBe(hasLeft ? 0 : 1);
    if (!hasLeft) lent++;
  }
  expect(lent).toBeGreaterThan(0);
  expect(lent).toBeLessThan(seeds.length);
});

test('a lent buffer that is changed before it has left is a bug, and found', async () => {
  const { simulation, connection } = await connected(1, { lendPercent: 100 });
  const bytes = Buffer.from('lent');
  expect(connection.write(bytes)).toBe(false);
  bytes.write('mine');
  await expect(simulation.run(10)).rejects.toThrow('a lent buffer to be left alone');
});

test('a broken connection is told to both ends, with a part of what was on its way', async () => {
  const arrived = new Set<number>();
  for (const seed of seeds) {
    const { simulation, connection, near, far } = await connected(seed);
    for (let count = 0; count < 10; count++) connection.write(Buffer.from('x'));
    simulation.network.resetAny();
    await simulation.run(100);
    expect([near.closed, far.closed].join()).toMatch(/broken.*broken/);
    arrived.add(far.input.length);
  }
  expect(arrived.size).toBeGreaterThan(3);
});

test('a process that is killed ends its connections', async () => {
  for (const seed of seeds) {
    const { simulation, server, near } = await connected(seed);
    server.kill();
    await simulation.run(100);
    expect(near.closed).toBeDefined();
  }
});

test('a machine that loses power is silent until it is written to after its return', async () => {
  for (const seed of seeds) {
    const { simulation, server, connection, near } = await connected(seed);
    server.crash();
    connection.write(Buffer.from('anybody?'));
    await simulation.run(60_000);
    expect(near.closed).toBeUndefined();
    server.restart();
    await simulation.run(1_000);
    expect(near.closed).toContain('broken');
  }
});

test('a partition holds bytes back and delivers them once it is healed', async () => {
  for (const seed of seeds) {
    const { simulation, connection, far, near } = await connected(seed);
    simulation.network.partition('client', 'server');
    connection.write(Buffer.from('held'));
    await simulation.run(5_000);
    expect(far.input).toBe('');
    simulation.network.heal();
    await simulation.run(1_000);
    expect(far.input).toBe('held');
    expect(near.closed).toBeUndefined();
  }
});

test('a partition may be one way', async () => {
  const { simulation, connection, serverConnection, near, far } = await connected(1);
  simulation.network.partition('client', 'server', true);
  connection.write(Buffer.from('there'));
  serverConnection.write(Buffer.from('back'));
  await simulation.run(1_000);
  expect([near.input, far.input]).toEqual(['back', '']);
});

test('dialling tells a machine that is off from a process that is not there', async () => {
  const { simulation, server, runtime } = await connected(1);
  const dial = (): Promise<Connection> =>
    simulation.settle(runtime.network.dial({ host: 'server', port: PORT }, listener(blank()), 500));
  server.kill();
  await expect(dial()).rejects.toMatchObject({ code: 'Refused' });
  server.crash();
  await expect(dial()).rejects.toMatchObject({ code: 'TimedOut' });
  server.restart();
  await simulation.run(5);
  (await dial()).destroy();
  const unknown = runtime.network.dial({ host: 'nobody', port: 1 }, listener(blank()), 500);
  await expect(simulation.settle(unknown)).rejects.toMatchObject({ code: 'UnknownHost' });
});

test('a paused process takes its input when it wakes', async () => {
  const { simulation, server, connection, far } = await connected(1);
  server.pause(2_000);
  connection.write(Buffer.from('early'));
  await simulation.run(1_900);
  expect(far.input).toBe('');
  await simulation.run(400);
  expect(far.input).toBe('early');
});

test('a dialler that died before it was answered leaves its server an ended connection', async () => {
  for (const seed of seeds) {
    const { simulation, client, runtime, far } = await connected(seed);
    void runtime.network.dial({ host: 'server', port: PORT }, listener(blank()), 1_000);
    client.kill();
    await simulation.run(1_000);
    expect(far.closed).toBeDefined();
  }
});
