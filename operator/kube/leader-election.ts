/**
 * Which of several operators acts: the one whose name is in the Lease.
 *
 * Two never act at once, as long as no clock runs faster than another by half. Whoever leads stops
 * to `RENEW_MS` after the beginning of its last renewal that succeeded, by its own monotonic clock:
 * it asks before every write, for a process may have stood still. Whoever waits takes over no sooner
 * than `LEASE_MS` after it last saw the Lease change, by its own clock too. Times in the Lease are
 * for people.
 */
import { type Clock, type Log, type Random, sleep, type Timer } from '../../runtime/mod.ts';
import { requireObject } from './answers.ts';
import type { ApiServer, Call } from './api-server.ts';
import { jittered } from './back-off.ts';
import { unlessBug } from './bug.ts';
import { KubeError, LeadershipLostError } from './errors.ts';
import { microTime } from './events.ts';
import { type KubeObject, keyText } from './object.ts';
import { collectionPath, objectPath, resources } from './resources.ts';

export const LEASE_MS = 15_000;
export const RENEW_MS = 10_000;
export const RETRY_MS = 2_000;
const RETRY_JITTER = 0.2;
const REQUEST_TIMEOUT_MS = 5_000;

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Like no other process's, not even of the same pod before a restart. */
  readonly identity: string;
}

interface Lease extends KubeObject {
  /** Absent in one that somebody made by hand: nobody holds it. */
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly leaseTransitions?: number | null;
  };
}

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What the process has of leading: asked before every write. */
export interface Leadership {
  readonly isLeading: boolean;
  /** Throws a `LeadershipLostError` when another may lead by now. */
  require(): void;
}

export class LeaderElection implements Leadership {
  readonly #parts: Parts;
  readonly #server: ApiServer;
  readonly #options: LeaseOptions;
  readonly #stopping = new AbortController();
  readonly #lost = new AbortController();
  /** The Lease as it was last seen, and when it was first seen so. */
  #seen: { readonly lease: Lease; readonly sinceMs: number } | undefined;
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #refusal: string | undefined;
  #running: Promise<void> | undefined;
  #watch: Timer | undefined;

  constructor(parts: Parts, server: ApiServer, options: LeaseOptions) {
    this.#parts = parts;
    this.#server = server;
    this.#options = options;
  }

  get isLeading(): boolean {
    return !this.#lost.signal.aborted && this.#parts.clock.monotonicMs() < this.#leadsUntilMs;
  }

  /** Why it can never lead, in the words of the API server; undefined: it may, in its time. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Aborted, for good, when leading is over. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  require(): void {
    if (this.isLeading) return;
    this.#lose();
    throw this.#lost.signal.reason;
  }

  /** Resolves when this process leads; rejects when it is stopped before. */
  lead(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#stopping;
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#running = this.#run(resolve);
    });
  }

  /** Gives the Lease back, so that another need not wait. Only when nothing is written any more. */
  async release(): Promise<void> {
    this.#stopping.abort(new Error('The election is over'));
    await this.#running;
    this.#watch?.cancel();
    const { isLeading } = this;
    this.#lose();
    if (!isLeading || this.#seen === undefined) return;
    try {
      await this.#patch(this.#seen.lease, { holderIdentity: null, leaseDurationSeconds: 1 });
    } catch (error) {
      unlessBug(error);
      // Whoever waits has to wait for the Lease to run out.
      this.#parts.log.warn('Lease not released', { error });
    }
  }

  async #run(onLeading: () => void): Promise<void> {
    const { clock, random, log } = this.#parts;
    const { signal } = this.#stopping;
    let hasLed = false;
    while (!signal.aborted && !this.#lost.signal.aborted) {
      await this.#try();
      if (this.isLeading && !hasLed) {
        hasLed = true;
        log.info('Leading', { lease: keyText(this.#options), identity: this.#options.identity });
        onLeading();
      }
      const delayMs = jittered(random, RETRY_MS, RETRY_JITTER);
      await sleep(clock, delayMs, signal).catch(() => undefined);
    }
  }

  /** Renews the Lease, or takes it when it is free. */
  async #try(): Promise<void> {
    const startMs = this.#parts.clock.monotonicMs();
    try {
      if (await this.#holdLease(startMs)) this.#extend(startMs);
      this.#refusal = undefined;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // No right to, or no such namespace: whoever waits for others must not be taken for one that may.
      this.#refusal = [403, 404].includes(error.status) ? error.message : undefined;
      // Somebody was faster, or nobody answers: what is there is looked at anew.
      const hasLed = this.#leadsUntilMs > Number.NEGATIVE_INFINITY;
      const facts = { lease: keyText(this.#options), message: error.message };
      this.#parts.log.warn(
        hasLed ? 'Lease not renewed' : 'Lease not taken, it does not act',
        facts,
      );
      await this.#look().catch(unlessBug);
    }
  }

  async #holdLease(nowMs: number): Promise<boolean> {
    const { identity } = this.#options;
    if (this.#seen === undefined || this.#holder() !== identity) await this.#look();
    if (this.#seen === undefined) {
      this.#see(await this.#create());
      return true;
    }
    const { lease, sinceMs } = this.#seen;
    const holder = this.#holder();
    if (holder === identity) {
      this.#see(await this.#patch(lease, {}));
      return true;
    }
    const durationMs = (lease.spec?.leaseDurationSeconds ?? LEASE_MS / 1_000) * 1_000;
    if (holder !== undefined && nowMs < sinceMs + durationMs) return false;
    const taken = {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_MS / 1_000,
      leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1,
      acquireTime: microTime(this.#parts.clock.wallMs()),
    };
    this.#see(await this.#patch(lease, taken));
    return true;
  }

  #holder(): string | undefined {
    return this.#seen?.lease.spec?.holderIdentity || undefined;
  }

  #extend(startMs: number): void {
    this.#leadsUntilMs = startMs + RENEW_MS;
    const { clock } = this.#parts;
    this.#watch?.cancel();
    this.#watch = clock.after(this.#leadsUntilMs - clock.monotonicMs(), () => {
      if (!this.isLeading) this.#lose();
    });
  }

  #lose(): void {
    if (this.#lost.signal.aborted) return;
    const lease = keyText(this.#options);
    this.#lost.abort(new LeadershipLostError(`Cannot go on: Lease "${lease}" was not renewed`));
  }

  #see(lease: Lease): void {
    const isSame = this.#seen?.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
    if (!isSame) this.#seen = { lease, sinceMs: this.#parts.clock.monotonicMs() };
  }

  async #look(): Promise<void> {
    try {
      const path = objectPath(resources.leases, this.#options);
      this.#see(await this.#call({ method: 'GET', path }));
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404) throw error;
      this.#seen = undefined;
    }
  }

  #create(): Promise<Lease> {
    const { namespace, name, identity } = this.#options;
    const now = microTime(this.#parts.clock.wallMs());
    const { apiVersion, kind } = resources.leases;
    return this.#call({
      method: 'POST',
      path: collectionPath(resources.leases, namespace),
      body: {
        apiVersion,
        kind,
        metadata: { name, namespace },
        spec: {
          holderIdentity: identity,
          leaseDurationSeconds: LEASE_MS / 1_000,
          leaseTransitions: 0,
          acquireTime: now,
          renewTime: now,
        },
      },
    });
  }

  /** Only if nobody has changed it since. */
  #patch({ metadata }: Lease, spec: object): Promise<Lease> {
    const { uid, resourceVersion } = metadata;
    return this.#call({
      method: 'PATCH',
      path: objectPath(resources.leases, this.#options),
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { uid, resourceVersion },
        spec: { ...spec, renewTime: microTime(this.#parts.clock.wallMs()) },
      },
    });
  }

  /** Once: this is tried again anyway, and a late success would be taken for a timely one. */
  async #call(call: Pick<Call, 'method' | 'path' | 'body' | 'contentType'>): Promise<Lease> {
    const block = await this.#server.call({
      ...call,
      isUrgent: true,
      isRepeatable: false,
      timeoutMs: REQUEST_TIMEOUT_MS,
    } as Call);
    return requireObject<Lease>(call, block);
  }
}
