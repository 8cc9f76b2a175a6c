/**
 * Events (events.k8s.io/v1): what `kubectl describe` shows of what was done to an object, and why.
 *
 * The same again (object, reason, action, related object) is counted in one event, whose count is
 * written once a minute; with the newest message, in an event anew, where that has changed. Each
 * object has a bucket of tokens for new ones. What does not fit, or cannot be written, is lost: an
 * event is for people and nothing depends on it.
 */
import { type Clock, type Log, type Random, type Timer, uuid } from '../../runtime/mod.ts';
import type { EventReason } from '../api/vocabulary/events.ts';
import type { ApiServer } from './api-server.ts';
import { unlessBug } from './bug.ts';
import type { KubeObject } from './object.ts';
import { collectionPath, objectPath, resources } from './resources.ts';

export interface EventFacts {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  /** What was done or refused, as one word: `RollingUpdate`. */
  readonly action: string;
  readonly message: string;
  /** What else it is about: the pod that was deleted. */
  readonly related?: KubeObject;
}

export interface Events {
  /** Never waits and never fails: an event that cannot be written is lost. */
  record(object: KubeObject, facts: EventFacts): void;
}

/** Who reports. */
export interface Reporter {
  /** `REPORTING_CONTROLLER` */
  readonly controller: string;
  /** The pod. */
  readonly instance: string;
}

interface Series {
  /** What the event is about. */
  readonly object: KubeObject;
  facts: EventFacts;
  /** The message that the written event has. */
  writtenMessage: string;
  name: string;
  readonly namespace: string;
  count: number;
  writtenCount: number;
  lastMs: number;
}

const SERIES_MAX = 1_000;
/** A series that has been silent for so long is over; the same later is a new event. */
const SERIES_MS = 360_000;
const FLUSH_MS = 60_000;
const WRITES_WAITING_MAX = 256;
const BUCKET_TOKENS = 25;
const BUCKET_REFILL_MS = 300_000;
/** What the API server takes. */
const NOTE_CHARACTERS_MAX = 1_024;

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export class EventRecorder implements Events {
  readonly #parts: Parts;
  readonly #server: ApiServer;
  readonly #reporter: Reporter;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, { tokens: number; filledMs: number }>();
  readonly #flush: Timer;
  #writing: Promise<void> = Promise.resolve();
  #writesWaiting = 0;
  #lost = 0;

  constructor(parts: Parts, server: ApiServer, reporter: Reporter) {
    this.#parts = parts;
    this.#server = server;
    this.#reporter = reporter;
    this.#flush = parts.clock.every(FLUSH_MS, () => this.#writeCounts());
  }

  /** Events that were not written: too many, or refused. */
  get lost(): number {
    return this.#lost;
  }

  record(object: KubeObject, facts: EventFacts): void {
    const nowMs = this.#parts.clock.monotonicMs();
    const key = seriesKey(object, facts);
    const known = this.#series.get(key);
    if (known !== undefined && nowMs - known.lastMs < SERIES_MS) {
      known.count++;
      known.lastMs = nowMs;
      known.facts = facts;
      return;
    }
    if (!this.#takeToken(object.metadata.uid, nowMs)) {
      this.#lost++;
      return;
    }
    const series: Series = {
      object,
      facts,
      writtenMessage: facts.message,
      name: this.#nameFor(object),
      namespace: object.metadata.namespace ?? 'default',
      count: 1,
      writtenCount: 1,
      lastMs: nowMs,
    };
    this.#series.delete(key);
    this.#series.set(key, series);
    dropOldest(this.#series, SERIES_MAX);
    this.#write(() => this.#create(series));
  }

  /** Counts are written, and what waits to be. */
  async close(): Promise<void> {
    this.#flush.cancel();
    this.#writeCounts();
    await this.#writing;
  }

  #takeToken(uid: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(uid) ?? { tokens: BUCKET_TOKENS, filledMs: nowMs };
    const refilled = (nowMs - bucket.filledMs) / BUCKET_REFILL_MS;
    bucket.tokens = Math.min(BUCKET_TOKENS, bucket.tokens + refilled);
    bucket.filledMs = nowMs;
    this.#buckets.set(uid, bucket);
    dropOldest(this.#buckets, SERIES_MAX);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #writeCounts(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const [key, series] of this.#series) {
      if (series.count > series.writtenCount) this.#write(() => this.#renew(series));
      else if (nowMs - series.lastMs >= SERIES_MS) this.#series.delete(key);
    }
  }

  /** One after the other, in their order. */
  #write(write: () => Promise<void>): void {
    if (this.#writesWaiting >= WRITES_WAITING_MAX) {
      this.#lost++;
      return;
    }
    this.#writesWaiting++;
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      unlessBug(error);
      this.#lost++;
      this.#parts.log.warn('Event not written', { error });
    });
    this.#writing = this.#writing.finally(() => {
      this.#writesWaiting--;
    });
  }

  async #create({ name, namespace, object, facts, count }: Series): Promise<void> {
    const { type, reason, action, message, related } = facts;
    await this.#server.call({
      method: 'POST',
      path: collectionPath(resources.events, namespace),
      // Twice it would be two events.
      isRepeatable: false,
      body: {
        apiVersion: resources.events.apiVersion,
        kind: resources.events.kind,
        metadata: { name, namespace },
        eventTime: this.#now(),
        reportingController: this.#reporter.controller,
        reportingInstance: this.#reporter.instance,
        type,
        reason,
        action,
        note: message.slice(0, NOTE_CHARACTERS_MAX),
        regarding: referenceTo(object),
        ...(related === undefined ? {} : { related: referenceTo(related) }),
        ...(count > 1 && { series: { count, lastObservedTime: this.#now() } }),
      },
    });
  }

  /** The text of an event cannot be changed: another text is another event, with the same count. */
  async #renew(series: Series): Promise<void> {
    const { count, facts, object } = series;
    if (count === series.writtenCount) return;
    if (facts.message === series.writtenMessage) await this.#count(series);
    else {
      const name = this.#nameFor(object);
      await this.#create({ ...series, name });
      series.name = name;
      series.writtenMessage = facts.message;
    }
    series.writtenCount = count;
  }

  async #count({ count, namespace, name }: Series): Promise<void> {
    await this.#server.call({
      method: 'PATCH',
      path: objectPath(resources.events, { namespace, name }),
      contentType: 'application/merge-patch+json',
      isRepeatable: true,
      body: { series: { count, lastObservedTime: this.#now() } },
    });
  }

  #nameFor({ metadata }: KubeObject): string {
    return `${metadata.name}.${uuid(this.#parts.random).slice(0, 8)}`;
  }

  #now(): string {
    return microTime(this.#parts.clock.wallMs());
  }
}

/** With microseconds, as `MicroTime` wants it. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/Z$/, '000Z');
}

function seriesKey({ metadata }: KubeObject, { reason, action, related }: EventFacts): string {
  return JSON.stringify([metadata.uid, reason, action, related?.metadata.uid]);
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): object {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
