/**
 * Keeps a store equal to what the API server holds of one resource in one scope: a list, then a
 * watch from there on, for ever.
 *
 * - It never stops: whatever goes wrong ends in another list or watch, later each time.
 * - It has one request open at most, so never two watches.
 * - It misses nothing for long: a whole list comes every five minutes, and what the list lacks has
 *   gone. A watch that is silent for longer than bookmarks take is cut and taken up again.
 * - It does not go back in time: a list older than what has been seen is refused, until the server
 *   insists, for then it has been restored from a backup.
 */
import { type Clock, type Log, type Random, sleep } from '../../runtime/mod.ts';
import { MANAGED_BY } from '../api/vocabulary/labels.ts';
import { errorOf, errorOfWatch, isDone, type Page, requirePage } from './answers.ts';
import type { ApiServer } from './api-server.ts';
import { type BackOff, backOffMs, jittered } from './back-off.ts';
import { completed } from './client.ts';
import { KubeError } from './errors.ts';
import { isKubeObject, type KubeObject } from './object.ts';
import { includesVersion } from './resource-version.ts';
import { collectionPath, MANAGED_BY_LABEL, type Resource } from './resources.ts';
import { slimObject } from './slim-object.ts';
import { ALL, type Scope, type Store } from './store.ts';

/** Why a watch ended otherwise than in order; a label of the metric. */
export type RestartCause =
  | 'expired'
  | 'refused'
  | 'silent'
  | 'cut'
  | 'malformed'
  | 'stale'
  | 'too short';

export interface ReflectorHooks {
  /** What an object is made before it is kept: frozen, in tests. */
  readonly keep?: (object: KubeObject) => KubeObject;
  readonly onList?: () => void;
  readonly onWatch?: () => void;
  readonly onRestart?: (cause: RestartCause) => void;
}

export interface ReflectorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly server: ApiServer;
}

const PAGE_OBJECTS = 500;
const LIST_TIMEOUT_MS = 60_000;
const RELIST_MS = 300_000;
const RELIST_JITTER = 0.2;
/** Bookmarks come every minute: so much silence is a connection that leads nowhere. */
const SILENCE_MS = 150_000;
const HEALTHY_MS = 120_000;
/** A watch that ends sooner and brought nothing counts as a failure: else it would be a storm. */
const SHORT_MS = 1_000;
const STALE_LISTS_MAX = 3;
const BACK_OFF: BackOff = { baseMs: 800, maxMs: 30_000, jitter: 0.2 };

export class Reflector {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly #parts: ReflectorParts;
  readonly #store: Store;
  readonly #hooks: ReflectorHooks;
  #failures = 0;
  /** When the last failure was over, for how long it has been well since. */
  #wellSinceMs = 0;
  #relistMs = 0;
  #isListNeeded = true;
  #staleLists = 0;
  #lastEventMs: number;

  constructor(
    resource: Resource,
    { scope, store }: { readonly scope: Scope; readonly store: Store },
    parts: ReflectorParts,
    hooks: ReflectorHooks = {},
  ) {
    this.resource = resource;
    this.scope = scope;
    this.#store = store;
    this.#parts = parts;
    this.#hooks = hooks;
    this.#lastEventMs = parts.clock.monotonicMs();
  }

  /** How long ago the API server last said anything about this resource. */
  get silenceMs(): number {
    return this.#parts.clock.monotonicMs() - this.#lastEventMs;
  }

  /** Resolves when `signal` is aborted, never before; what else it throws is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (isOver()) return;
        if (!(error instanceof KubeError)) throw error;
        await this.#pause(error, signal);
      }
    }
  }

  /** One list if it is time for one, and one watch, to its end. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    if (this.#isListNeeded || clock.monotonicMs() >= this.#relistMs) await this.#list(signal);
    const startMs = clock.monotonicMs();
    this.#wellSinceMs = Math.max(this.#wellSinceMs, startMs);
    const events = await this.#watch(signal);
    if (events === 0 && clock.monotonicMs() - startMs < SHORT_MS) {
      throw failure('too short', 'the watch ended at once and brought nothing');
    }
    this.#forgetOldFailures();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const items: KubeObject[] = [];
    let token = '';
    let version = '';
    do {
      const page = await this.#page(token, signal);
      for (const item of page.items) items.push(this.#kept(completed(item, this.resource)));
      version = page.metadata.resourceVersion;
      token = page.metadata.continue ?? '';
    } while (token !== '');
    this.#refuseStale(version);
    this.#hooks.onList?.();
    const { clock, random } = this.#parts;
    this.#lastEventMs = clock.monotonicMs();
    this.#isListNeeded = false;
    this.#relistMs = clock.monotonicMs() + jittered(random, RELIST_MS, RELIST_JITTER);
    this.#store.replace(this.scope, items, version);
  }

  /** No `resourceVersion`: the newest there is, however stale a cache of the server. */
  async #page(token: string, signal: AbortSignal): Promise<Page<KubeObject>> {
    const query = this.#query();
    query.set('limit', String(PAGE_OBJECTS));
    if (token !== '') query.set('continue', token);
    const asked = { method: 'GET', path: this.#path(query) } as const;
    const block = await this.#parts.server.call({
      ...asked,
      // Here it is decided what comes after a failure.
      isRepeatable: false,
      timeoutMs: LIST_TIMEOUT_MS,
      signal,
    });
    return requirePage<KubeObject>(asked, block);
  }

  #refuseStale(version: string): void {
    const seen = this.#store.versionOf(this.scope);
    const isStale = seen !== undefined && includesVersion(version, seen) === false;
    this.#staleLists = isStale ? this.#staleLists + 1 : 0;
    if (!isStale || this.#staleLists > STALE_LISTS_MAX) return;
    throw failure('stale', `the list is of version ${version}, older than ${seen}, seen before`);
  }

  /** How many events there were. */
  async #watch(signal: AbortSignal): Promise<number> {
    const { clock, server } = this.#parts;
    const leftMs = Math.max(1_000, this.#relistMs - clock.monotonicMs());
    const query = this.#query();
    query.set('watch', 'true');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', this.#store.versionOf(this.scope) ?? '');
    // The server ends it in order when it is time for the next list.
    query.set('timeoutSeconds', String(Math.ceil(leftMs / 1_000)));
    const path = this.#path(query);
    // Thrown inside a data callback it would be nobody's: kept until the request has been ended.
    const end = new AbortController();
    let events = 0;
    this.#hooks.onWatch?.();
    const request = {
      method: 'GET',
      path,
      timeoutMs: SILENCE_MS,
      signal: AbortSignal.any([signal, end.signal]),
    } as const;
    const response = await server.stream(request, (line) => {
      if (end.signal.aborted) return;
      const problem = this.#take(path, line);
      if (problem === undefined) events++;
      else end.abort(problem);
    });
    if (!isDone(response)) throw errorOf(request, response);
    return events;
  }

  /** Takes in one line of a watch, or says why the watch cannot go on. */
  #take(path: string, line: string): KubeError | undefined {
    const event = parseEvent(line);
    if (event === undefined) return failure('malformed', `a line is no event: ${excerpt(line)}`);
    this.#lastEventMs = this.#parts.clock.monotonicMs();
    if (event.type === 'ERROR') return errorOfWatch(path, event.object);
    const { type, object } = event;
    if (type === 'BOOKMARK' && hasVersion(object)) {
      this.#store.bookmark(this.scope, object.metadata.resourceVersion);
    } else if (type !== 'BOOKMARK' && isKubeObject(object)) {
      this.#store.apply(this.scope, type === 'DELETED' ? 'Gone' : 'Put', this.#kept(object));
    } else {
      return failure('malformed', `an event holds no object: ${excerpt(line)}`);
    }
    return undefined;
  }

  async #pause(error: KubeError, signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    this.#forgetOldFailures();
    this.#failures++;
    const cause = causeOf(error);
    // After these what is held may be wrong, and from its version nothing can be watched.
    if (cause === 'expired' || cause === 'malformed') this.#isListNeeded = true;
    this.#hooks.onRestart?.(cause);
    const delayMs = Math.max(backOffMs(random, BACK_OFF, this.#failures), error.retryAfterMs ?? 0);
    log.warn('Watch interrupted', {
      resource: this.resource.plural,
      ...(this.scope === ALL ? {} : { namespace: this.scope }),
      cause,
      message: error.message,
      againInMs: Math.round(delayMs),
    });
    await sleep(clock, delayMs, signal).catch(() => undefined);
    this.#wellSinceMs = clock.monotonicMs();
  }

  #forgetOldFailures(): void {
    const wellMs = this.#parts.clock.monotonicMs() - this.#wellSinceMs;
    if (wellMs >= HEALTHY_MS) this.#failures = 0;
  }

  #kept(object: KubeObject): KubeObject {
    const slim = slimObject(object);
    return this.#hooks.keep?.(slim) ?? slim;
  }

  #query(): URLSearchParams {
    const query = new URLSearchParams();
    if (this.resource.watched === 'managed') {
      query.set('labelSelector', `${MANAGED_BY_LABEL}=${MANAGED_BY}`);
    }
    return query;
  }

  #path(query: URLSearchParams): string {
    const namespace = this.scope === ALL ? undefined : this.scope;
    return `${collectionPath(this.resource, namespace)}?${query.toString()}`;
  }
}

const EVENT_TYPES = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] as const;

interface WatchEvent {
  readonly type: (typeof EVENT_TYPES)[number];
  readonly object: unknown;
}

function parseEvent(line: string): WatchEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<WatchEvent> | null;
    const type = EVENT_TYPES.find((one) => one === event?.type);
    return type === undefined ? undefined : { type, object: event?.object };
  } catch {
    // Half a line of a broken connection, or a proxy's page: told as `malformed`.
    return undefined;
  }
}

/** All that a bookmark has. */
function hasVersion(
  value: unknown,
): value is { readonly metadata: { readonly resourceVersion: string } } {
  const { metadata } = (value ?? {}) as { metadata?: { resourceVersion?: unknown } | null };
  return typeof metadata?.resourceVersion === 'string';
}

function failure(reason: RestartCause, why: string): KubeError {
  return new KubeError(`Cannot go on watching: ${why}`, { status: 0, reason });
}

function causeOf({ status, reason }: KubeError): RestartCause {
  if (status === 410) return 'expired';
  if (status > 0) return 'refused';
  if (reason === 'malformed' || reason === 'stale' || reason === 'too short') return reason;
  return reason === 'Timeout' ? 'silent' : 'cut';
}

function excerpt(line: string): string {
  return line.length <= 80 ? line : `${line.slice(0, 80)}…`;
}
