/**
 * Around a run of the Kubernetes tests: what they need is installed before, and no cluster outlives
 * them, also not one of a run that was killed.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLUSTER, run } from './api-server.ts';

const INSTALL = fileURLToPath(new URL('install', import.meta.url));
const PREFIX = 'gantry-tests-';

export async function setup(): Promise<() => Promise<void>> {
  await run(INSTALL, []);
  const root = tmpdir();
  for (const name of readdirSync(root).filter((one) => one.startsWith(PREFIX))) {
    const owner = Number(name.slice(PREFIX.length));
    if (!existsSync(`/proc/${owner}`)) await takeDown(join(root, name));
  }
  const folder = join(root, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  process.env['GANTRY_K8S_RUN'] = folder;
  return () => takeDown(folder);
}

async function takeDown(folder: string): Promise<void> {
  await run('/usr/bin/env', [`GANTRY_K8S_RUN=${folder}`, CLUSTER, 'down', '--all']);
  rmSync(folder, { recursive: true, force: true });
}
