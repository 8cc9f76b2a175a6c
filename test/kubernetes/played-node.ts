/** A played node under a test: started, cut off, killed, and gone when its scope is left. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';
import type { ApiServer } from './api-server.ts';
import { podAddress } from './kubelet/pod-address.ts';

const KUBELET = fileURLToPath(new URL('kubelet/main.ts', import.meta.url));

export interface PlayedNodeOptions {
  readonly name?: string;
  /** Of all nodes of a cluster; theirs unless the nodes share one. */
  readonly scratch?: Scratch;
  /** Pods are played on paper: they answer and keep nothing, so that there may be hundreds. */
  readonly isOnPaper?: boolean;
}

export class PlayedNode implements AsyncDisposable {
  readonly name: string;
  readonly folder: string;
  readonly #server: ApiServer;
  readonly #scratch: Scratch;
  readonly #isOwner: boolean;
  readonly #isOnPaper: boolean;
  #process: Running;

  private constructor(server: ApiServer, options: PlayedNodeOptions) {
    const { name = 'node1', scratch, isOnPaper = false } = options;
    this.name = name;
    this.#server = server;
    this.#scratch = scratch ?? new Scratch();
    this.#isOwner = scratch === undefined;
    this.#isOnPaper = isOnPaper;
    this.folder = this.#scratch.path;
    this.#process = this.#run();
  }

  static async start(server: ApiServer, options: PlayedNodeOptions = {}): Promise<PlayedNode> {
    const node = new PlayedNode(server, options);
    await node.#process.seen(/^ready$/m);
    return node;
  }

  /** Where a pod is, on any node of the cluster. */
  address(pod: string, namespace = 'default'): string {
    return podAddress(this.#server.name, namespace, pod);
  }

  log(pod: string, namespace = 'default'): string {
    return join(this.folder, this.name, namespace, 'logs', `${pod}.log`);
  }

  /** The process of a pod, found by the address it listens on. */
  pid(pod: string, namespace = 'default'): number {
    const address = this.address(pod, namespace);
    const pid = execFileSync('ss', ['-Hltnp', 'src', address], { encoding: 'utf8' });
    const found = /pid=(\d+)/.exec(pid)?.[1];
    if (found === undefined) throw new Error(`No process listens on ${address}, of pod ${pod}`);
    return Number(found);
  }

  /** What it said, for the message of a test that failed. */
  tail(): string {
    return this.#process.tail();
  }

  /** Its cable is pulled: pods go on, the API server hears nothing. */
  cut(): void {
    process.kill(this.#process.pid, 'SIGSTOP');
  }

  heal(): void {
    process.kill(this.#process.pid, 'SIGCONT');
  }

  /** It loses power, and its pods with it. */
  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  async restart(): Promise<void> {
    this.#process = this.#run();
    await this.#process.seen(/^ready$/m);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exit === undefined) this.heal();
    await this.#process.stop('SIGKILL');
    if (this.#isOwner) this.#scratch[Symbol.dispose]();
  }

  #run(): Running {
    const { name: seed, kubeconfig } = this.#server;
    const flags = { kubeconfig, node: this.name, folder: this.folder, seed };
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const paper = this.#isOnPaper ? ['--paper'] : [];
    return new Running([process.execPath, KUBELET, ...args, ...paper]);
  }
}
