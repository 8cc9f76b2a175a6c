import { expect, test } from 'vitest';
import { brokerRequests, type Command } from '../protocol/mod.ts';
import { RemotingClient } from '../remoting/mod.ts';
import { sleep } from '../runtime/mod.ts';
import { type DiskFaults, Simulation } from '../simulation/mod.ts';
import { BROKER_AT, brokerConfig, sendHeader } from '../test/fakes/broker-world.ts';
import { startBroker } from './mod.ts';

/** What a broker answers that listens on its first port and not yet on the second. */
function askWhileStarting(
  settings: readonly string[],
  body: Buffer,
  before: (disk: DiskFaults) => void = () => undefined,
): Promise<Command> {
  const simulation = new Simulation(1);
  const host = simulation.host('broker');
  const runtime = host.boot();
  const { network } = runtime;
  const ask = async (): Promise<Command> => {
    const isListening = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    let listeners = 0;
    const listen: typeof network.listen = async (address, accept) => {
      if (listeners++ > 0) {
        isListening.resolve();
        await mayGoOn.promise;
      }
      return network.listen(address, accept);
    };
    const dial: typeof network.dial = (...args) => network.dial(...args);
    const starting = startBroker({ ...runtime, network: { listen, dial } }, brokerConfig(settings));
    await isListening.promise;
    before(host.diskFaults);
    await using client = new RemotingClient(runtime, { callTimeoutMs: 10_000 });
    const { code, request } = brokerRequests.SEND_MESSAGE;
    const answer = client.call(BROKER_AT, { code, fields: request.encode(sendHeader()), body });
    await Promise.race([answer, sleep(runtime.clock, 1000)]);
    mayGoOn.resolve();
    await using _ = await starting;
    return await answer;
  };
  return simulation.settle(ask());
}

test('a send is refused that comes before the start is over and finds a full disk', async () => {
  const { code } = await askWhileStarting([], Buffer.alloc(100_000), (disk) => {
    disk.full = true;
  });
  expect(code).toBe(14);
});

test('a send that comes before the start is over is answered once it is synced', async () => {
  const { code } = await askWhileStarting(['flushDiskType=SYNC_FLUSH'], Buffer.from('a'));
  expect(code).toBe(0);
});
