/**
 * One kind at work: its queue, and workers that take an object from it, reconcile it and say when it
 * comes again. What a reconcile throws decides that too; only a bug goes on up and ends the process.
 */
import {
  AssertionError,
  assert,
  type Clock,
  type Log,
  type Random,
  uuid,
} from '../../runtime/mod.ts';
import type { ClusterAccess } from '../access/mod.ts';
import { fieldManagers } from '../api/vocabulary/field-managers.ts';
import { labels } from '../api/vocabulary/labels.ts';
import type { OperatorMeter } from '../metrics.ts';
import type { ApiServer } from './api-server.ts';
import { jittered } from './back-off.ts';
import { isBug } from './bug.ts';
import type { Caches } from './caches.ts';
import { kubeClient } from './client.ts';
import { BehindError, LeadershipLostError } from './errors.ts';
import type { Events } from './events.ts';
import type { WriteExpectations } from './expectations.ts';
import { fencedAccess } from './fenced-access.ts';
import type { LabelSelector } from './label-selector.ts';
import { type Key, type KubeObject, keyText } from './object.ts';
import type { Context, Reconciler } from './reconciler.ts';
import type { Refusals } from './refusals.ts';
import { Workqueue } from './workqueue.ts';

/** What the reconcilers of all kinds share. */
export interface Shared {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly server: ApiServer;
  readonly caches: Caches;
  readonly expectations: WriteExpectations;
  readonly refusals: Refusals;
  readonly events: Events;
  readonly access: ClusterAccess;
  readonly meter: OperatorMeter;
  readonly version: string;
  /** Objects that do not match are somebody else's. */
  readonly selector: LabelSelector;
  /** Throws when nothing may be written any more. */
  readonly requireLeading: () => void;
  /** Aborted when leading is over or the operator has waited long enough for its end. */
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 120_000;
const PERIOD_MS = 60_000;
const PERIOD_JITTER = 0.2;
const BEHIND_MS = 100;
/** A failure that has repeated so often is told to whoever looks at the object. */
const FAILURES_TOLD = 5;

type Result = 'success' | 'behind' | 'error' | 'stopped';

export class Reconciling {
  readonly reconciler: Reconciler;
  readonly queue: Workqueue;
  readonly #shared: Shared;

  constructor(reconciler: Reconciler, shared: Shared) {
    this.reconciler = reconciler;
    this.#shared = shared;
    this.queue = this.#makeQueue();
  }

  /** Resolves when the queue has been shut and each worker is through. */
  async run(concurrency: number): Promise<void> {
    await Promise.all(Array.from({ length: concurrency }, () => this.#work()));
  }

  async #work(): Promise<void> {
    for (;;) {
      const item = await this.queue.take();
      if (item === undefined) return;
      const result = await this.#reconcile(item);
      const { meter } = this.#shared;
      const { name } = this.reconciler;
      if (result !== undefined) {
        meter.gantry_operator_reconciles_total.labelled({ name, result }).add(1);
      }
      this.queue.done(item);
    }
  }

  /** Undefined when there was nothing to reconcile. */
  async #reconcile(item: string): Promise<Result | undefined> {
    const { expectations, clock, selector } = this.#shared;
    const writer = `${this.reconciler.name}/${item}`;
    const object = this.#find(item);
    if (object === undefined) {
      this.queue.forget(item);
      expectations.forget(writer);
      return undefined;
    }
    if (!selector(object.metadata.labels ?? {})) return undefined;
    if (!expectations.isSettled(writer)) {
      this.queue.addAfter(item, BEHIND_MS);
      return undefined;
    }
    const end = new AbortController();
    const deadline = clock.after(DEADLINE_MS, () => {
      end.abort(new Error(`The reconcile took longer than ${DEADLINE_MS / 1000} s`));
    });
    const context = this.#contextOf(item, writer, end.signal);
    try {
      return await this.#attempt(item, object, context);
    } finally {
      deadline.cancel();
      // What it left behind may not go on writing.
      end.abort(new Error('The reconcile is over'));
    }
  }

  async #attempt(item: string, object: KubeObject, context: Context): Promise<Result> {
    const { queue, reconciler } = this;
    try {
      const { requeueAfterMs } = await reconciler.reconcile(object, context);
      queue.forget(item);
      queue.addAfter(item, requeueAfterMs ?? this.#periodMs());
      return 'success';
    } catch (error) {
      if (isBug(error)) throw this.#bug(item, error);
      if (error instanceof LeadershipLostError || this.#shared.signal.aborted) return 'stopped';
      if (error instanceof BehindError) {
        queue.addAfter(item, BEHIND_MS);
        return 'behind';
      }
      return this.#retry(item, object, context, error);
    }
  }

  #retry(item: string, object: KubeObject, { log, events }: Context, error: unknown): Result {
    this.queue.addRateLimited(item);
    const failures = this.queue.failuresOf(item);
    log.warn('Reconcile failed, it is tried again', { failures, error });
    if (failures >= FAILURES_TOLD) {
      const message = error instanceof Error ? error.message : String(error);
      const facts = { type: 'Warning', reason: 'ReconcileFailed', action: 'Reconcile' } as const;
      events.record(object, { ...facts, message });
    }
    return 'error';
  }

  /** Says at what it happened: of all objects only one may bring it about. */
  #bug(item: string, cause: unknown): AssertionError {
    const { kind } = this.reconciler.resource;
    const message = cause instanceof Error ? cause.message : String(cause);
    return new AssertionError(`Cannot reconcile ${kind} "${item}", a bug: ${message}`, { cause });
  }

  #contextOf(item: string, writer: string, end: AbortSignal): Context {
    const {
      random,
      server,
      expectations,
      requireLeading,
      signal: stop,
      refusals,
      ...rest
    } = this.#shared;
    const { clock, caches, events, access, version } = rest;
    const { name, resource } = this.reconciler;
    const signal = AbortSignal.any([stop, end]);
    const reconcileId = uuid(random).slice(0, 8);
    return {
      signal,
      clock,
      caches,
      events,
      access: fencedAccess(access, requireLeading),
      version,
      expectations,
      log: rest.log.with({ kind: resource.kind, object: item, reconcileId }),
      client: kubeClient(server, {
        manager: managerOf(resource.kind, name),
        signal,
        refusals,
        beforeWrite: requireLeading,
        onWritten: (...written) => expectations.note(writer, ...written),
      }),
    };
  }

  #find(item: string): Readonly<KubeObject> | undefined {
    return this.#shared.caches.of(this.reconciler.resource).find(keyOfItem(item));
  }

  #periodMs(): number {
    return jittered(this.#shared.random, PERIOD_MS, PERIOD_JITTER);
  }

  #makeQueue(): Workqueue {
    const { clock, random, meter, server } = this.#shared;
    const { name } = this.reconciler;
    const queue = new Workqueue({ clock, random }, (item) => this.#clusterOf(item), {
      onAdded: () => meter.workqueue_adds_total.labelled({ name }).add(1),
      onTaken: (waitedMs) => {
        meter.workqueue_queue_duration_seconds.labelled({ name }).observe(waitedMs / 1000);
      },
      onDone: (workedMs) => {
        meter.workqueue_work_duration_seconds.labelled({ name }).observe(workedMs / 1000);
      },
      onRetried: () => meter.workqueue_retries_total.labelled({ name }).add(1),
      room: () => server.room(),
    });
    return queue;
  }

  /** Clusters take turns. */
  #clusterOf(item: string): string {
    const object = this.#find(item);
    if (object === undefined) return item;
    const { metadata, spec } = object;
    const { clusterRef } = (spec ?? {}) as { readonly clusterRef?: { readonly name?: string } };
    const cluster = metadata.labels?.[labels.cluster.name] ?? clusterRef?.name ?? metadata.name;
    return `${metadata.namespace ?? ''}/${cluster}`;
  }
}

export function itemOf(key: Key): string {
  return keyText(key);
}

function keyOfItem(item: string): Key {
  const slash = item.indexOf('/');
  return slash < 0
    ? { name: item }
    : { namespace: item.slice(0, slash), name: item.slice(slash + 1) };
}

/** Under a name of the table, so that it is never another by accident. */
function managerOf(kind: string, name: string): string {
  const row = Object.entries(fieldManagers).find(([known]) => known === kind);
  assert(row !== undefined, `a field manager for ${kind} (${name}) in the vocabulary`);
  return row[1].name;
}
