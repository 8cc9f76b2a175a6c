/**
 * All kinds at work: caches that are kept current from the start, and workers that begin when the
 * caches are complete and this process leads. When leading is over everything is over: `ended`
 * rejects, the process is to end, and another one goes on from what it finds.
 */
import type { Log, Runtime } from '../../runtime/mod.ts';
import type { ClusterAccess } from '../access/mod.ts';
import { type KindName } from '../api/kinds.ts';
import { API_VERSION } from '../api/metadata.ts';
import { REPORTING_CONTROLLER } from '../api/vocabulary/events.ts';
import type { OperatorMeter } from '../metrics.ts';
import type { ApiServer } from './api-server.ts';
import { LeadershipLostError } from './errors.ts';
import { EventLoopDelay } from './event-loop.ts';
import { EventRecorder } from './events.ts';
import { WriteExpectations } from './expectations.ts';
import { InstalledCrds } from './installed-crds.ts';
import type { LabelSelector } from './label-selector.ts';
import { LeaderElection, type LeaseOptions } from './leader-election.ts';
import type { Reconciler } from './reconciler.ts';
import { itemOf, Reconciling, type Shared } from './reconciling.ts';
import { Refusals } from './refusals.ts';
import { resourceOf } from './resources.ts';
import { triggersOf } from './triggers.ts';
import { Watching, type WatchingOptions } from './watching.ts';

export interface ReconcilersOptions extends WatchingOptions {
  readonly reconcilers: readonly Reconciler[];
  readonly selector: LabelSelector;
  /** Objects of one kind that are worked on at once. */
  readonly concurrency: number;
  /** Absent: it leads without asking, for when there is certainly no other. */
  readonly lease?: LeaseOptions | undefined;
  /** This process in events. */
  readonly identity: string;
  readonly access: ClusterAccess;
  readonly version: string;
}

type Parts = Pick<Runtime, 'clock' | 'random' | 'log'>;

const EVENT_LOOP_DELAY_MS_MAX = 5_000;
const WORK_MS_MAX = 300_000;
const SYNC_LOOK_MS = 50;
/** Of a kind whose CRD is too old: all of them are told in the log. */
const OBJECTS_TOLD = 100;
/** Reconciles under way may end by themselves so long; then they are aborted. */
const DRAIN_MS = 20_000;

export class Reconcilers {
  /** Rejects with a `LeadershipLostError` when this process may not act any more. */
  readonly ended: Promise<void>;
  readonly #parts: Parts;
  readonly #concurrency: number;
  readonly #watching: Watching;
  readonly #kinds: readonly Reconciling[];
  readonly #events: EventRecorder;
  readonly #election: LeaderElection | undefined;
  readonly #crds: InstalledCrds;
  readonly #eventLoop: EventLoopDelay;
  /** Ends the caches; and the reconciles, before them. */
  readonly #stopWatching = new AbortController();
  readonly #stopWorking = new AbortController();
  #closing: Promise<void> | undefined;
  #working: Promise<unknown> = Promise.resolve();
  #end: (error?: Error) => void = () => undefined;

  constructor(parts: Parts, server: ApiServer, options: ReconcilersOptions, meter: OperatorMeter) {
    const { lease, identity, concurrency, reconcilers } = options;
    this.#parts = parts;
    this.#concurrency = concurrency;
    this.#watching = new Watching({ ...parts, server }, options, meter);
    const reporter = { controller: REPORTING_CONTROLLER, instance: identity.slice(0, 128) };
    this.#events = new EventRecorder(parts, server, reporter);
    this.#election = lease && new LeaderElection(parts, server, lease);
    this.#crds = new InstalledCrds({ ...parts, server }, options.version, (kind, message) =>
      this.#tellOlder(kind, message),
    );
    this.#eventLoop = new EventLoopDelay(parts.clock);
    const shared = this.#sharedBy(server, options, meter);
    this.#kinds = reconcilers.map((reconciler) => new Reconciling(reconciler, shared));
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#observe(meter);
  }

  /** Begins; what is to be waited for is waited for in the background. */
  start(): void {
    for (const { reconciler, queue } of this.#kinds) {
      const triggers = triggersOf(reconciler, this.#watching, (key, priority) => {
        queue.add(itemOf(key), priority);
      });
      for (const { resource, onChange } of triggers) {
        this.#watching.findStore(resource)?.observe(onChange);
      }
    }
    const watching = this.#watching.run(this.#stopWatching.signal);
    this.#election?.lost.addEventListener('abort', () => this.#lose(), { once: true });
    const crds = this.#crds.run(this.#stopWatching.signal);
    this.#working = Promise.all([watching, crds, this.#work()]);
  }

  /** What is wrong with the process, for which it should be started again. */
  live(): readonly string[] {
    const delayMs = Math.round(this.#eventLoop.worstMs);
    const stuck = this.#kinds.filter(({ queue }) => Math.max(0, ...queue.workingMs) > WORK_MS_MAX);
    return [
      ...(delayMs > EVENT_LOOP_DELAY_MS_MAX
        ? [`the event loop stood still for ${delayMs} ms`]
        : []),
      ...stuck.map(({ reconciler }) => `a worker of ${reconciler.name} is stuck`),
    ];
  }

  /** What it still waits for before it could act; leading is not among it, others may. */
  ready(): readonly string[] {
    if (this.#closing !== undefined) return ['it is stopping'];
    return [
      ...this.#watching.missing.map((resource) => `it has not listed ${resource} yet`),
      ...this.#crds.problems,
      ...this.#lackOfLease(),
    ];
  }

  /** It waits for nobody who leads, and would wait for ever. */
  #lackOfLease(): readonly string[] {
    const refusal = this.#election?.refusal;
    return refusal === undefined ? [] : [`it cannot take its lease: ${refusal}`];
  }

  /** Lets reconciles end, then gives the lease back. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #work(): Promise<void> {
    if (!(await this.#mayWork())) return;
    await Promise.all(this.#kinds.map((kind) => kind.run(this.#concurrency)));
  }

  /** Whoever is stopped, or has lost its lease, before it began does not begin. */
  async #mayWork(): Promise<boolean> {
    const { clock } = this.#parts;
    await this.#election?.lead().catch(() => undefined);
    while (this.#watching.missing.length > 0 && !this.#isOver()) {
      await new Promise<void>((resolve) => clock.after(SYNC_LOOK_MS, resolve));
    }
    return !this.#isOver();
  }

  #isOver(): boolean {
    return this.#closing !== undefined || this.#stopWorking.signal.aborted;
  }

  async #close(): Promise<void> {
    const { clock } = this.#parts;
    const abort = clock.after(DRAIN_MS, () => this.#abortWork());
    await Promise.all(this.#kinds.map(({ queue }) => queue.shutDown()));
    abort.cancel();
    this.#abortWork();
    this.#stopWatching.abort(new Error('The operator stops'));
    this.#eventLoop.stop();
    await this.#events.close();
    // Only now nothing of ours can be written any more.
    await this.#election?.release();
    await this.#working;
    this.#end();
  }

  /** The objects of a kind whose CRD is too old, by whoever leads. */
  #tellOlder(kind: KindName, message: string): boolean {
    const resource = resourceOf({ apiVersion: API_VERSION, kind });
    const store = this.#watching.findStore(resource);
    const isLeading = this.#election?.isLeading ?? true;
    if (!isLeading || store?.hasSynced !== true) return false;
    const facts = { type: 'Warning', reason: 'CrdOutdated', action: 'Reconcile' } as const;
    for (const object of store.all().slice(0, OBJECTS_TOLD)) {
      this.#events.record(object, { ...facts, message });
    }
    return true;
  }

  #abortWork(): void {
    this.#stopWorking.abort(new Error('The operator stops'));
  }

  #lose(): void {
    const reason: unknown = this.#election?.lost.reason;
    this.#stopWorking.abort(reason);
    if (this.#closing !== undefined) return;
    const error =
      reason instanceof Error ? reason : new LeadershipLostError('Cannot go on: not leading');
    this.#end(error);
  }

  #sharedBy(server: ApiServer, options: ReconcilersOptions, meter: OperatorMeter): Shared {
    const { clock, random, log } = this.#parts;
    const { access, version, selector } = options;
    return {
      clock,
      random,
      log: log satisfies Log,
      server,
      caches: this.#watching,
      expectations: new WriteExpectations((resource) => this.#watching.findStore(resource)),
      refusals: new Refusals(clock),
      events: this.#events,
      access,
      meter,
      version,
      selector,
      requireLeading: () => this.#election?.require(),
      signal: this.#stopWorking.signal,
    };
  }

  #observe(meter: OperatorMeter): void {
    const each = (valueOf: (kind: Reconciling) => number) => () =>
      this.#kinds.map((kind) => ({
        labels: { name: kind.reconciler.name },
        value: valueOf(kind),
      }));
    const seconds = ({ queue }: Reconciling): number[] => queue.workingMs.map((ms) => ms / 1000);
    meter.workqueue_depth.observe(each(({ queue }) => queue.depth));
    meter.workqueue_unfinished_work_seconds.observe(
      each((kind) => seconds(kind).reduce((sum, one) => sum + one, 0)),
    );
    meter.workqueue_longest_running_processor_seconds.observe(
      each((kind) => Math.max(0, ...seconds(kind))),
    );
    meter.gantry_operator_leading.observe(() => {
      const isLeading = this.#election?.isLeading ?? true;
      return [{ labels: {}, value: isLeading ? 1 : 0 }];
    });
    meter.gantry_operator_events_lost_total.observe(() => {
      return [{ labels: {}, value: this.#events.lost }];
    });
  }
}
