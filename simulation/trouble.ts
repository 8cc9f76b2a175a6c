/**
 * What goes wrong with one host during a simulation, drawn from its seed. The seed first draws which
 * kinds of trouble exist at all: runs without most kinds dig deeper into the rest.
 */
import { unreachable } from '../runtime/mod.ts';
import type { Host } from './host.ts';
import type { Prng } from './prng.ts';
import type { Simulation } from './simulation.ts';

export type Trouble =
  | 'power cut'
  | 'kill'
  | 'reset'
  | 'full disk'
  | 'slow disk'
  | 'failing syncs'
  | 'pause'
  | 'partition';

export interface TroubleOptions {
  readonly simulation: Simulation;
  readonly host: Host;
  /** Who loses touch with the host in a partition. */
  readonly peers: readonly string[];
  /** Always among the kinds that exist. */
  readonly always: readonly Trouble[];
  /** Each exists in half of the seeds. */
  readonly sometimes: readonly Trouble[];
  readonly durationMs: number;
}

/** Lets `durationMs` pass, something going wrong every second or so; says what did. */
export async function trouble(options: TroubleOptions): Promise<Trouble[]> {
  const { simulation, always, sometimes, durationMs } = options;
  const prng = simulation.prng.stream('trouble');
  const kinds = [...always, ...sometimes.filter(() => prng.chance(1, 2))];
  const happened: Trouble[] = [];
  const endMs = simulation.nowMs + durationMs;
  while (simulation.nowMs < endMs) {
    await simulation.run(prng.between(200, 1_500));
    const kind = prng.pick(kinds);
    happened.push(kind);
    simulation.history.add(`${simulation.nowMs} trouble: ${kind}`);
    await strike(kind, options, prng);
  }
  return happened;
}

async function strike(kind: Trouble, options: TroubleOptions, prng: Prng): Promise<void> {
  const { simulation, host, peers } = options;
  const faults = host.diskFaults;
  switch (kind) {
    case 'power cut':
      host.crash();
      await simulation.run(prng.between(1, 300));
      start(host);
      return;
    case 'kill':
      host.kill();
      await simulation.run(prng.between(1, 100));
      start(host);
      return;
    case 'reset':
      simulation.network.resetAny();
      return;
    case 'full disk':
      faults.full = true;
      await simulation.run(prng.between(50, 600));
      faults.full = false;
      return;
    case 'failing syncs':
      faults.syncFails = true;
      await simulation.run(prng.between(5, 100));
      faults.syncFails = false;
      return;
    case 'slow disk': {
      const { syncUsMax } = faults;
      faults.syncUsMax = prng.between(20_000, 400_000);
      await simulation.run(prng.between(100, 1_000));
      faults.syncUsMax = syncUsMax;
      return;
    }
    case 'pause':
      host.pause(prng.between(50, 1_500));
      return;
    case 'partition':
      simulation.network.partition(prng.pick(peers), host.name, prng.chance(1, 3));
      await simulation.run(prng.between(100, 1_500));
      simulation.network.heal();
      return;
    default:
      unreachable(kind);
  }
}

/** Unless its supervisor was faster. */
function start(host: Host): void {
  if (!host.isRunning) host.restart();
}
