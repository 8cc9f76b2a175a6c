import { expect, test } from 'vitest';
import { type Log, type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer } from './api-server.ts';
import { InstalledCrds } from './installed-crds.ts';

const KIND = {
  'x-kubernetes-group-version-kind': [
    { group: 'gantrymq.io', kind: 'ConsumerGroup', version: 'v1alpha1' },
  ],
};

/** A CRD of a version that knew no fields at all. */
const OLD = { components: { schemas: { any: { ...KIND, properties: { spec: {}, status: {} } } } } };
/** One that another API server tells of. */
const OTHER = { components: { schemas: {} } };

/** An API server whose document may be changed. */
function watching(runtime: Runtime) {
  const lines: string[] = [];
  const log: Log = {
    info: (sentence) => void lines.push(sentence),
    warn: (sentence) => void lines.push(sentence),
    error: (sentence) => void lines.push(sentence),
    with: () => log,
  };
  const served = { document: OLD as object, hash: 'A', status: 200, mayTell: true };
  const paths: string[] = [];
  const told: string[] = [];
  const server = new ApiServer(runtime, {
    send: async ({ path, signal }) => {
      await sleep(runtime.clock, 1, signal);
      paths.push(path);
      const document = `/openapi/v3/apis/gantrymq.io/v1alpha1?hash=${served.hash}`;
      const root = { paths: { 'apis/gantrymq.io/v1alpha1': { serverRelativeURL: document } } };
      const body = JSON.stringify(path === document ? served.document : root);
      return { status: served.status, retryAfter: undefined, body };
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  });
  const crds = new InstalledCrds({ ...runtime, log, server }, '1.2.3', (kind, message) => {
    if (served.mayTell) told.push(`${kind}: ${message}`);
    return served.mayTell;
  });
  const end = new AbortController();
  const running = crds.run(end.signal);
  const stop = async (): Promise<void> => {
    end.abort(new Error('enough'));
    await running;
  };
  return { crds, served, paths, told, lines, stop };
}

const message =
  /^the CRD of ConsumerGroup is older than the operator \(1\.2\.3\) and lacks spec\.\w+(?:, spec\.\w+){4} and \d+ more: apply the CRDs of its version, with `kubectl apply --server-side -f deploy\/crds\.yaml`/;

test('a CRD that is too old is told to probes, in the log, and once to whom it concerns', () =>
  simulated(1, async (runtime) => {
    const { crds, told, lines, stop } = watching(runtime);
    await sleep(runtime.clock, 120_000);
    expect(crds.problems).toEqual([expect.stringMatching(message)]);
    expect(told).toEqual([`ConsumerGroup: ${crds.problems[0]}`]);
    expect(lines).toEqual(['CRD older than the operator']);
    await stop();
  }));

test('it is over in seconds when the CRD is replaced', () =>
  simulated(1, async (runtime) => {
    const { crds, served, lines, stop } = watching(runtime);
    await sleep(runtime.clock, 1_000);
    served.document = OTHER;
    served.hash = 'B';
    await sleep(runtime.clock, 7_000);
    expect(crds.problems).toEqual([]);
    expect(lines.at(-1)).toBe('CRD current again');
    await stop();
  }));

test('the document is read when it is another one, and looked for once a minute', () =>
  simulated(1, async (runtime) => {
    const { served, paths, stop } = watching(runtime);
    served.document = OTHER;
    await sleep(runtime.clock, 300_000);
    expect(paths.filter((path) => path.includes('hash='))).toHaveLength(1);
    expect(paths.length).toBeGreaterThanOrEqual(5);
    expect(paths.length).toBeLessThanOrEqual(8);
    await stop();
  }));

test('who may not tell yet tells later', () =>
  simulated(1, async (runtime) => {
    const { served, told, stop } = watching(runtime);
    served.mayTell = false;
    await sleep(runtime.clock, 60_000);
    expect(told).toEqual([]);
    served.mayTell = true;
    await sleep(runtime.clock, 7_000);
    expect(told).toHaveLength(1);
    await stop();
  }));

test('where nobody may look, nothing is said', () =>
  simulated(1, async (runtime) => {
    const { crds, served, lines, stop } = watching(runtime);
    served.status = 403;
    await sleep(runtime.clock, 120_000);
    expect(crds.problems).toEqual([]);
    expect(lines).toEqual([]);
    await stop();
  }));
