/** A cluster as `gantry up` makes it, with its state in a folder of the test's own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gantry } from './gantry.ts';
import { Scratch } from './scratch.ts';

const QUICKSTART = fileURLToPath(new URL('../../examples/quickstart.yaml', import.meta.url));

export interface PodStatus {
  readonly name: string;
  readonly role: string;
  readonly pid: number | null;
  readonly address: string;
  readonly ready: boolean;
  readonly restarts: number;
}

interface Status {
  readonly nameServers: readonly string[];
  readonly pods: readonly PodStatus[];
}

export class LocalCluster implements AsyncDisposable {
  readonly nameServer: string;
  /** For whatever else the test needs a folder for. */
  readonly folder: string;
  readonly #scratch: Scratch;

  private constructor(nameServer: string, scratch: Scratch) {
    this.nameServer = nameServer;
    this.folder = scratch.path;
    this.#scratch = scratch;
  }

  static async up(nameServer: string): Promise<LocalCluster> {
    const cluster = new LocalCluster(nameServer, new Scratch());
    try {
      await cluster.run(['up', '-f', QUICKSTART, '--nameserver', nameServer]);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a `gantry` command printed about this cluster; throws unless it succeeded. */
  async run(command: readonly string[]): Promise<string> {
    const state = ['--state', join(this.folder, 'state')];
    await using process = gantry([...command, ...state]);
    return await process.done();
  }

  async status(): Promise<Status> {
    return JSON.parse(await this.run(['status', '--output', 'json'])) as Status;
  }

  async broker(): Promise<PodStatus> {
    const { pods } = await this.status();
    const broker = pods.find(({ role }) => role === 'broker');
    if (broker === undefined) throw new Error(`No broker among ${JSON.stringify(pods)}`);
    return broker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['down', '--delete-data', '--yes']).catch(() => undefined);
    this.#scratch[Symbol.dispose]();
  }
}
