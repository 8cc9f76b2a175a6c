import { expect, test } from 'vitest';
import { assert, type Log, type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer } from './api-server.ts';
import { KubeError } from './errors.ts';
import type { KubeObject } from './object.ts';
import { Reflector, type RestartCause } from './reflector.ts';
import { resources } from './resources.ts';
import { ALL, Store } from './store.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

const unanswered = () => new KubeError('cut', { status: 0, reason: 'Unanswered' });
const timedOut = () => new KubeError('silence', { status: 0, reason: 'Timeout' });

const pod = (name: string, version: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'ns',
    uid: name,
    resourceVersion: String(version),
    creationTimestamp: '',
  },
});

/** What a test lets the server do; time and requests are simulated, answers are the test's. */
class Script {
  version = 10;
  items: readonly KubeObject[] = [];
  /** Instead of what lists and watches answer otherwise. */
  list: ((request: ApiRequest) => Promise<ApiResponse>) | undefined;
  watch:
    | ((request: ApiRequest, onLine: (line: string) => void) => Promise<ApiResponse>)
    | undefined;
  readonly requests: string[] = [];
  readonly lists: number[] = [];
  readonly watches: number[] = [];
  readonly restarts: RestartCause[] = [];
  readonly store = new Store([ALL]);
  readonly reflector: Reflector;
  readonly #runtime: Runtime;
  #open = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const transport: Transport = {
      send: (request) => this.#send(request),
      stream: (request, onLine) => this.#stream(request, onLine),
      close: () => undefined,
    };
    const parts = { ...runtime, log: silent, server: new ApiServer(runtime, transport) };
    const place = { scope: ALL, store: this.store };
    this.reflector = new Reflector(resources.pods, place, parts, {
      onRestart: (cause) => {
        this.restarts.push(cause);
      },
    });
  }

  /** Lets it run for so long. */
  async run(durationMs: number): Promise<void> {
    const end = new AbortController();
    const running = this.reflector.run(end.signal);
    await sleep(this.#runtime.clock, durationMs);
    end.abort(new Error('enough'));
    await running;
    assert(this.#open === 0, 'no watch to be left behind');
  }

  /** A watch that lasts until the server ends it in order. */
  async quietWatch({ path, signal }: ApiRequest): Promise<ApiResponse> {
    const seconds = Number(new URL(path, 'http://x').searchParams.get('timeoutSeconds'));
    await sleep(this.#runtime.clock, seconds * 1_000, signal);
    return ok('');
  }

  async #send(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request.path);
    this.lists.push(this.#runtime.clock.monotonicMs());
    await sleep(this.#runtime.clock, 2, request.signal);
    if (this.list !== undefined) return this.list(request);
    return ok({ metadata: { resourceVersion: String(this.version) }, items: this.items });
  }

  async #stream(request: ApiRequest, onLine: (line: string) => void): Promise<ApiResponse> {
    this.requests.push(request.path);
    this.watches.push(this.#runtime.clock.monotonicMs());
    assert(++this.#open === 1, 'one watch at a time');
    try {
      return await (this.watch ?? ((one) => this.quietWatch(one)))(request, onLine);
    } finally {
      this.#open--;
    }
  }
}

function ok(body: unknown): ApiResponse {
  return { status: 200, retryAfter: undefined, body: JSON.stringify(body) };
}

const gaps = (times: readonly number[]) =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('a whole list comes every five minutes, a fifth less or more, and finds what was missed', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    script.items = [pod('a', 1)];
    const running = script.run(3_600_000);
    await sleep(runtime.clock, 1_000);
    expect(script.store.all()).toHaveLength(1);
    script.items = [];
    script.version = 20;
    await sleep(runtime.clock, 360_000);
    expect(script.store.all()).toHaveLength(0);
    await running;
    expect(script.restarts).toEqual([]);
    expect(script.lists.length).toBeGreaterThan(9);
    for (const gap of gaps(script.lists)) {
      expect(gap).toBeGreaterThan(239_000);
      expect(gap).toBeLessThan(362_000);
    }
  }));

test('it asks for bookmarks, of what is ours, from where it is, and for the newest list', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    await script.run(1_000);
    const [list, watch] = script.requests.map((path) => new URL(path, 'http://x').searchParams);
    const ours = 'app.kubernetes.io/managed-by=gantry-operator';
    expect(list?.get('labelSelector')).toBe(ours);
    expect(list?.has('resourceVersion')).toBe(false);
    expect(watch?.get('labelSelector')).toBe(ours);
    expect(watch?.get('allowWatchBookmarks')).toBe('true');
    expect(watch?.get('resourceVersion')).toBe('10');
  }));

test('a server that is gone is asked 0.8 s later, then twice as late, up to 30 s', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    script.list = () => Promise.reject(unanswered());
    await script.run(600_000);
    const delays = gaps(script.lists);
    for (const [index, delayMs] of delays.entries()) {
      const expectedMs = Math.min(30_000, 800 * 2 ** index);
      expect(delayMs).toBeGreaterThanOrEqual(expectedMs * 0.8);
      expect(delayMs).toBeLessThanOrEqual(expectedMs * 1.2 + 10);
    }
    expect(delays.length).toBeGreaterThan(20);
  }));

test('after two minutes without a failure the next one counts as the first', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    const lasts = [1_000, 1_000, 1_000, 130_000, 1_000, 1_000];
    script.watch = async (request) => {
      const lastsMs = lasts[script.watches.length - 1];
      if (lastsMs === undefined) return script.quietWatch(request);
      await sleep(runtime.clock, lastsMs, request.signal);
      throw unanswered();
    };
    await script.run(200_000);
    const delays = gaps(script.watches).map((gap, index) => gap - (lasts[index] ?? 0));
    for (const [index, expectedMs] of [800, 1_600, 3_200, 800, 1_600, 3_200].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(expectedMs * 0.8);
      expect(delays[index]).toBeLessThanOrEqual(expectedMs * 1.2 + 10);
    }
  }));

test('a watch that says nothing for 150 s is taken up again where it was', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    const timeouts: number[] = [];
    script.watch = async (request, onLine) => {
      timeouts.push(request.timeoutMs);
      const bookmark = { type: 'BOOKMARK', object: pod('', 15) };
      if (timeouts.length === 1) onLine(JSON.stringify(bookmark));
      await sleep(runtime.clock, request.timeoutMs, request.signal);
      throw timedOut();
    };
    await script.run(200_000);
    expect(timeouts).toEqual([150_000, 150_000]);
    expect(script.restarts).toEqual(['silent']);
    expect(script.lists).toHaveLength(1);
    expect(script.requests.at(-1)).toContain('resourceVersion=15');
  }));

test('a list that is older than what was seen is refused, until the server insists', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    script.items = [pod('new', 20)];
    script.version = 20;
    script.watch = async (request) => {
      if (script.watches.length > 1) return script.quietWatch(request);
      script.items = [pod('old', 5)];
      script.version = 5;
      throw new KubeError('too old', { status: 410, reason: 'Expired' });
    };
    const running = script.run(60_000);
    await sleep(runtime.clock, 4_000);
    expect(script.store.all()[0]?.metadata.name).toBe('new');
    await running;
    expect(script.restarts).toEqual(['expired', 'stale', 'stale', 'stale']);
    expect(script.store.all()[0]?.metadata.name).toBe('old');
  }));

test('watches that end at once and bring nothing are no storm', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    script.watch = async () => {
      await sleep(runtime.clock, 5);
      return ok('');
    };
    await script.run(300_000);
    expect(script.watches.length).toBeLessThan(20);
    expect(new Set(script.restarts)).toEqual(new Set(['too short']));
  }));

test('a list in pages is one list, and one whose token has run out begins again', () =>
  simulated(1, async (runtime) => {
    const script = new Script(runtime);
    let refusals = 1;
    script.list = ({ path }) => {
      const token = new URL(path, 'http://x').searchParams.get('continue');
      const metadata = { resourceVersion: '10' };
      if (token === null) {
        return Promise.resolve(
          ok({ metadata: { ...metadata, continue: 'two' }, items: [pod('a', 1)] }),
        );
      }
      if (refusals-- > 0) {
        return Promise.resolve({
          status: 410,
          retryAfter: undefined,
          body: '{"reason":"Expired"}',
        });
      }
      return Promise.resolve(ok({ metadata, items: [pod('b', 2)] }));
    };
    await script.run(10_000);
    expect(script.store.all().map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(script.lists).toHaveLength(4);
    expect(script.restarts).toEqual(['expired']);
  }));
