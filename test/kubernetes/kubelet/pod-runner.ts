/**
 * One pod on this node, from its binding to its end: the process that stands for its container, and
 * what the API server is told of it.
 *
 * Invariant: one runner for a UID; a pod of the same name that comes later has another.
 */
import type { LocalProcess } from '../../../cli/local/local-process.ts';
import type { Machine } from '../../../cli/local/machine.ts';
import { PodProcess } from '../../../cli/local/pod-process.ts';
import { type KubeApi, KubeApiError, type KubeObject } from '../kube-api.ts';
import { NotStartable } from './container.ts';
import { imageNamed } from './images.ts';
import { podPath } from './paths.ts';
import { type Observed, podStatus } from './pod-status.ts';
import { isReady as isReadyCondition } from './scheduling.ts';

export interface PodRunnerParts {
  readonly api: KubeApi;
  readonly machine: Machine;
  readonly node: string;
  readonly address: string;
  /** The pod's process as its files say it now. Throws `NotStartable` while there can be none. */
  readonly process: (pod: KubeObject) => LocalProcess;
  /** Called once, before the first start. */
  readonly mounted: (pod: KubeObject) => Promise<void>;
}

const IMAGE_PULL_BACK_OFF_MS = 2_000;

export class PodRunner {
  readonly #parts: PodRunnerParts;
  #pod: KubeObject;
  #process: PodProcess | undefined;
  #waiting: Observed['waiting'] = { reason: 'ContainerCreating', message: '' };
  #startedAt = '';
  #endedAt = '';
  #reported = '';
  #reporting: Promise<void> = Promise.resolve();
  #isEnding = false;
  #pullFailedMs: number | undefined;

  constructor(pod: KubeObject, parts: PodRunnerParts) {
    this.#pod = pod;
    this.#parts = parts;
  }

  /** Makes the pod what `pod` asks for. */
  async sync(pod: KubeObject): Promise<void> {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (this.#isEnding) return;
      this.#isEnding = true;
      await this.#end();
      return;
    }
    if (this.#process === undefined) await this.#start();
    // Others write of it too: a node that is thought lost has its pods marked.
    const isReady = this.#process?.status().state === 'ready';
    if (isReady !== isReadyCondition(pod)) this.#reported = '';
    this.#report();
    await this.#reporting;
  }

  /** The object is gone without its kubelet: so is the process, at once. */
  async forget(): Promise<void> {
    const stopped = this.#process?.stop();
    this.#process?.kill();
    await stopped;
  }

  /** The node ends: an ordered stop, and nothing is said of it. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async #start(): Promise<void> {
    const [{ image }] = this.#pod['spec'].containers as [{ image: string }];
    const kind = imageNamed(image);
    if (kind === 'absent') {
      this.#pullFails(image);
      return;
    }
    try {
      const spec = this.#parts.process(this.#pod);
      await this.#parts.mounted(this.#pod);
      const machine = withImage(this.#parts.machine, kind, () => this.#filesNow(spec));
      this.#waiting = undefined;
      this.#process = new PodProcess(spec, machine, ({ state }) => {
        const now = new Date().toISOString();
        if (state === 'starting') this.#startedAt = now;
        if (state === 'waiting' || state === 'stopped') this.#endedAt = now;
        this.#report();
      });
      this.#process.start();
    } catch (error) {
      const reason = error instanceof NotStartable ? error.reason : 'CreateContainerConfigError';
      this.#waiting = { reason, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** ErrImagePull at first, then back-off, as a kubelet says it. */
  #pullFails(image: string): void {
    const now = this.#parts.machine.clock.monotonicMs();
    this.#pullFailedMs ??= now;
    const isFirst = now - this.#pullFailedMs < IMAGE_PULL_BACK_OFF_MS;
    this.#waiting = isFirst
      ? { reason: 'ErrImagePull', message: `failed to pull image "${image}": not found` }
      : { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
  }

  /** A container that starts again finds its ConfigMap as it is by then. */
  #filesNow(first: LocalProcess): LocalProcess {
    try {
      return { ...first, files: this.#parts.process(this.#pod).files };
    } catch (error) {
      if (error instanceof NotStartable) return first;
      throw error;
    }
  }

  async #end(): Promise<void> {
    const { deletionGracePeriodSeconds = 30, uid } = this.#pod.metadata;
    const forced = this.#parts.machine.clock.after(deletionGracePeriodSeconds * 1000, () => {
      this.#process?.kill();
    });
    await this.#process?.stop();
    forced.cancel();
    this.#report();
    await this.#reporting;
    const now = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#parts.api.remove(podPath(this.#pod), now).catch((error: unknown) => {
      if (!(error instanceof KubeApiError && error.status === 409)) throw error;
    });
  }

  #report(): void {
    this.#reporting = this.#reporting.then(() => this.#send()).catch(() => undefined);
  }

  /** Says nothing twice; what could not be said is said with the next change or look. */
  async #send(): Promise<void> {
    const status = this.#process?.status();
    const observed: Observed = {
      state: status?.state ?? 'stopped',
      restarts: status?.restarts ?? 0,
      delayMs: status?.delayMs ?? 0,
      lastExit: status?.lastExit,
      waiting: this.#waiting,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      address: this.#parts.address,
      node: this.#parts.node,
    };
    const told = JSON.stringify(observed);
    if (told === this.#reported) return;
    const body = { status: podStatus(this.#pod, observed, new Date().toISOString()) };
    const path = `${podPath(this.#pod)}/status`;
    const { uid } = this.#pod.metadata;
    const after = await this.#parts.api.patch(path, { metadata: { uid }, ...body });
    this.#reported = told;
    // A condition's age is told from the last report, which a watch may not have brought yet.
    this.#pod = { ...this.#pod, status: after['status'] };
  }
}

function withImage(
  machine: Machine,
  image: 'gantry' | 'crashes' | 'hangs',
  filesNow: () => LocalProcess,
): Machine {
  return {
    ...machine,
    start: (process, onExit) => {
      const args = image === 'crashes' ? ['no-such-role'] : process.args;
      return machine.start({ ...filesNow(), args }, onExit);
    },
    probe: (probe) => (image === 'hangs' ? Promise.resolve(false) : machine.probe(probe)),
  };
}
