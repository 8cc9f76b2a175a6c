/** The two worlds that must behave alike, as the contract suite uses them. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../../runtime/mod.ts';
import { nodeRuntime } from '../../runtime/node/mod.ts';
import { simulated } from '../../simulation/mod.ts';

export interface World {
  readonly runtime: Runtime;
  /** A folder of its own, empty. */
  readonly folder: string;
}

type InWorld = (body: (world: World) => Promise<void>) => Promise<void>;

async function inNode(body: (world: World) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-contract-'));
  try {
    await body({ runtime: nodeRuntime({ log: 'json' }), folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Several seeds, because each orders, cuts and delays in another way. */
async function inSimulation(body: (world: World) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= 10; seed++) {
    await simulated(seed, (runtime) => {
      runtime.disk.makeFolder('/data');
      return body({ runtime, folder: '/data' });
    });
  }
}

/** For `describe.each`. */
export const worlds: readonly (readonly [string, InWorld])[] = [
  ['real', inNode],
  ['simulated', inSimulation],
];
