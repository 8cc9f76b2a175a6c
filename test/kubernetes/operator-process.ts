/** `gantry operator` as a process under a test: killed, started again, asked for its figures. */
import { gantry } from '../processes/gantry.ts';
import type { Running } from '../processes/running.ts';

export class OperatorProcess implements AsyncDisposable {
  readonly #args: readonly string[];
  #process: Running;
  #management = '';

  private constructor(kubeconfig: string, options: Readonly<Record<string, string | number>>) {
    const given = { kubeconfig, managementAddress: '127.0.0.1', managementPort: 0, ...options };
    this.#args = Object.entries(given).map(([name, value]) => `${name}=${value}`);
    this.#process = this.#run();
  }

  /** Resolves once it serves its management port; it may not have seen everything yet. */
  static async start(
    kubeconfig: string,
    options: Readonly<Record<string, string | number>> = {},
  ): Promise<OperatorProcess> {
    const operator = new OperatorProcess(kubeconfig, options);
    await operator.#started();
    return operator;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get output(): string {
    return this.#process.output;
  }

  get isRunning(): boolean {
    return this.#process.exit === undefined;
  }

  async kill(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** An ordered end: it lets reconciles finish and gives the lease back. */
  async stop(): Promise<void> {
    await this.#process.stop('SIGTERM');
  }

  /** Ends it in order, unless it has ended, and starts another. */
  async restart(): Promise<void> {
    await this.stop();
    this.#process = this.#run();
    await this.#started();
  }

  async isReady(): Promise<boolean> {
    const answer = await fetch(`http://${this.#management}/readyz`);
    return answer.status === 200;
  }

  /** Sum of all samples of a metric whose labels are as said; 0 when there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const answer = await fetch(`http://${this.#management}/metrics`);
    const samples = (await answer.text()).split('\n').filter((line) => {
      const [sample = ''] = line.split(' ', 1);
      const wanted = Object.entries(labels).every(([key, value]) => {
        return sample.includes(`${key}="${value}"`);
      });
      return wanted && (sample === name || sample.startsWith(`${name}{`));
    });
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async isLeading(): Promise<boolean> {
    return (await this.metric('gantry_operator_leading')) === 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #run(): Running {
    return gantry(['operator', ...this.#args]);
  }

  async #started(): Promise<void> {
    const [, address = ''] = await this.#process.seen(/"management":"([\d.:]+)"/);
    this.#management = address;
  }
}
