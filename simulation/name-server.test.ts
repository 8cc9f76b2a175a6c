import { expect, test } from 'vitest';
import { loadConfig } from '../config/mod.ts';
import { nameServerSchema, startNameServer } from '../nameserver/mod.ts';
import { nameServerRequests } from '../protocol/mod.ts';
import { RemotingClient } from '../remoting/mod.ts';
import { makeDurableFolder, type Runtime, sleep } from '../runtime/mod.ts';
import { replay, slices } from './seeds.ts';
import { Simulation } from './simulation.ts';
import { tripwire } from './tripwire.ts';

const ADDRESS = 'nameserver:9876';
const NAMESPACE = 'settings';
const { config } = loadConfig(nameServerSchema, {
  host: { name: 'nameserver', address: '10.0.0.1', homeFolder: '/home', environment: {} },
});

/** Writes one key after the other, as fast as they are acknowledged; keeps what was. */
async function write(runtime: Runtime, acknowledged: Map<string, string>): Promise<void> {
  const client = new RemotingClient(runtime, { callTimeoutMs: 300, connectTimeoutMs: 100 });
  for (let count = 0; ; count++) {
    const key = `key-${count % 7}`;
    const value = `value-${count}`;
    // Until it is answered, either the old or the new value may be there.
    acknowledged.delete(key);
    try {
      const header = { namespace: NAMESPACE, key, value };
      await client.request(ADDRESS, nameServerRequests.PUT_KV_CONFIG, { header });
      acknowledged.set(key, value);
    } catch {
      await sleep(runtime.clock, 20);
    }
  }
}

async function run(seed: number): Promise<{ lost: string[]; written: number }> {
  using _ = tripwire();
  const simulation = new Simulation(seed);
  const server = simulation.host('nameserver');
  server.start(async (runtime) => {
    // As an installation does; the files in it are the name server's own.
    makeDurableFolder(runtime.disk, '/home/namesrv');
    await startNameServer(runtime, config);
  });
  const acknowledged = new Map<string, string>();
  const writer = simulation.host('writer');
  writer.start((runtime) => write(runtime, acknowledged));
  for (let cuts = 0; cuts < 3; cuts++) {
    await simulation.run(simulation.prng.between(20, 200));
    if (simulation.prng.chance(1, 2)) simulation.network.resetAny();
    server.crash();
    await simulation.run(simulation.prng.between(1, 100));
    server.restart();
  }
  writer.kill();
  await simulation.run(100);
  const client = new RemotingClient(simulation.host('reader').boot());
  const lost: string[] = [];
  for (const [key, value] of acknowledged) {
    const header = { namespace: NAMESPACE, key };
    const reply = await simulation.settle(
      client.request(ADDRESS, nameServerRequests.GET_KV_CONFIG, { header, outcomes: [22] }),
    );
    if (reply.header.value !== value) lost.push(`${key}: ${value}, is ${reply.header.value}`);
  }
  return { lost, written: acknowledged.size };
}

test.each(slices(40, 40))(
  'seeds %s: a key that a name server has taken survives power cuts',
  async (_, slice) => {
    const failures: string[] = [];
    let written = 0;
    for (const seed of slice) {
      const outcome = await run(seed);
      if (outcome.lost.length > 0) failures.push(`${outcome.lost.join(', ')}; ${replay(seed)}`);
      written += outcome.written;
    }
    expect(failures).toEqual([]);
    expect(written).toBeGreaterThan(slice.length);
  },
);
