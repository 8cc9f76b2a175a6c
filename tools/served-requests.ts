/** Which requests the servers of this version know: asked of servers that run, on simulated machines. */
import { brokerSchema, startBroker } from '../broker/mod.ts';
import { loadConfig } from '../config/mod.ts';
import { Simulation } from '../simulation/mod.ts';

export type RequestState = 'yes' | 'refused' | 'no';

const SETTLED_MS = 60_000;

/** What becomes of a request to the broker, by its name. */
export async function brokerRequestStates(): Promise<(name: string) => RequestState> {
  const simulation = new Simulation(1);
  const host = simulation.host('broker');
  const { config } = loadConfig(brokerSchema, {
    assignments: ['storePathRootDir=/data', 'brokerIP1=127.0.0.1', ...SMALL_FILES],
    host: { name: 'broker', address: '127.0.0.1', homeFolder: '/home', environment: {} },
  });
  const ask = async () => {
    await using broker = await startBroker(host.boot(), config);
    return broker.requests;
  };
  const { served, refused } = await simulation.settle(ask(), SETTLED_MS);
  return (name) => (served.includes(name) ? 'yes' : refused.includes(name) ? 'refused' : 'no');
}

const SMALL_FILES = [
  'mappedFileSizeCommitLog=1048576',
  'mappedFileSizeConsumeQueue=20000',
  'maxHashSlotNum=100',
  'maxIndexNum=1000',
];
