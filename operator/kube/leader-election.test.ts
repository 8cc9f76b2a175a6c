import { expect, test } from 'vitest';
import { type Log, type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer } from './api-server.ts';
import { KubeError } from './errors.ts';
import { LEASE_MS, LeaderElection, RENEW_MS, RETRY_MS } from './leader-election.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};

type Spec = Readonly<Record<string, unknown>>;

/** One Lease, changed only by whoever knows its version: all that an election needs of a server. */
class LeaseServer {
  spec: Spec | undefined;
  /** Somebody made it by hand, and wrote nothing into it. */
  isBare = false;
  isForbidden = false;
  #version = 0;

  answer({ method, body = '{}' }: ApiRequest): ApiResponse {
    const sent = JSON.parse(body) as { metadata?: { resourceVersion?: string }; spec?: Spec };
    if (this.isForbidden) return this.#refuse(403);
    if (method === 'GET' && this.spec === undefined && !this.isBare) return this.#refuse(404);
    if (method === 'POST') {
      if (this.spec !== undefined) return this.#refuse(409);
      this.spec = { ...sent.spec };
      this.#version++;
    }
    if (method === 'PATCH') {
      if (sent.metadata?.resourceVersion !== String(this.#version)) return this.#refuse(409);
      this.spec = { ...this.spec, ...sent.spec };
      this.#version++;
    }
    const metadata = { name: 'lease', uid: 'u', resourceVersion: String(this.#version) };
    const object = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec: this.spec,
    };
    return { status: 200, retryAfter: undefined, body: JSON.stringify(object) };
  }

  #refuse(status: number): ApiResponse {
    return { status, retryAfter: undefined, body: '{}' };
  }
}

interface Candidate {
  readonly election: LeaderElection;
  /** Its cable to the server. */
  readonly cable: { isCut: boolean; losesAnswers: boolean; delayMs: number };
}

function candidate(runtime: Runtime, server: LeaseServer, identity: string): Candidate {
  const cable = { isCut: false, losesAnswers: false, delayMs: 0 };
  const transport: Transport = {
    send: async (request) => {
      await sleep(runtime.clock, 5 + cable.delayMs);
      const unanswered = new KubeError('no answer', { status: 0, reason: 'Unanswered' });
      if (cable.isCut) throw unanswered;
      const response = server.answer(request);
      if (cable.losesAnswers) throw unanswered;
      return response;
    },
    stream: () => Promise.reject(new Error('elections do not watch')),
    close: () => undefined,
  };
  const parts = { ...runtime, log: silent };
  const options = { namespace: 'ns', name: 'lease', identity };
  return { election: new LeaderElection(parts, new ApiServer(runtime, transport), options), cable };
}

test('of two one leads, and never both, whatever happens to their cables', async () => {
  let terms = 0;
  for (let seed = 1; seed <= 10; seed++) {
    await simulated(seed, async (runtime, { prng }) => {
      const server = new LeaseServer();
      const start = (): Candidate => {
        const one = candidate(runtime, server, `${terms++}`);
        one.election.lead().catch(() => undefined);
        return one;
      };
      let both = [start(), start()];
      for (let step = 0; step < 2_000; step++) {
        await sleep(runtime.clock, 100);
        for (const { cable } of both) {
          if (prng.below(cable.isCut ? 180 : 300) === 0) cable.isCut = !cable.isCut;
          if (prng.below(cable.losesAnswers ? 50 : 300) === 0) {
            cable.losesAnswers = !cable.losesAnswers;
          }
          if (prng.below(100) === 0) cable.delayMs = Math.max(0, prng.below(8_000) - 4_000);
        }
        const leaders = both.filter(({ election }) => election.isLeading).length;
        expect(leaders, `seed ${seed}`).toBeLessThan(2);
        // A process that has lost its lease ends, and is started again.
        both = both.map((one) => (one.election.lost.aborted ? start() : one));
      }
      await Promise.all(both.map(({ election }) => election.release()));
    });
  }
  expect(terms).toBeGreaterThan(40);
});

test('whoever may not write the Lease says so, until it may', () =>
  simulated(1, async (runtime) => {
    const server = new LeaseServer();
    const { election } = candidate(runtime, server, 'a');
    server.isForbidden = true;
    election.lead().catch(() => undefined);
    await sleep(runtime.clock, 5_000);
    expect(election.refusal).toContain('/leases/lease: HTTP 403');
    server.isForbidden = false;
    await sleep(runtime.clock, 5_000);
    expect(election).toMatchObject({ isLeading: true, refusal: undefined });
    await election.release();
  }));

test('a leader that is cut off stops before the other begins', () =>
  simulated(1, async (runtime) => {
    const server = new LeaseServer();
    const first = candidate(runtime, server, 'a');
    const second = candidate(runtime, server, 'b');
    await first.election.lead();
    const leading = second.election.lead();
    await sleep(runtime.clock, 30_000);
    expect(second.election.isLeading).toBe(false);
    const cutMs = runtime.clock.monotonicMs();
    first.cable.isCut = true;
    await new Promise<void>((resolve) => {
      first.election.lost.addEventListener('abort', () => resolve());
    });
    const lostMs = runtime.clock.monotonicMs() - cutMs;
    expect(lostMs).toBeLessThanOrEqual(RENEW_MS);
    expect(lostMs).toBeGreaterThan(RENEW_MS - 2 * RETRY_MS);
    expect(() => first.election.require()).toThrow('Lease "ns/lease" was not renewed');
    await leading;
    const takenMs = runtime.clock.monotonicMs() - cutMs;
    expect(takenMs).toBeGreaterThan(LEASE_MS - 2 * RETRY_MS);
    expect(takenMs).toBeLessThan(LEASE_MS + 2 * RETRY_MS);
    expect(server.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    await first.election.release();
    await second.election.release();
  }));

test('a lease that is given back is taken without waiting for its end', () =>
  simulated(1, async (runtime) => {
    const server = new LeaseServer();
    const first = candidate(runtime, server, 'a');
    const second = candidate(runtime, server, 'b');
    await first.election.lead();
    const leading = second.election.lead();
    await sleep(runtime.clock, 5_000);
    const startMs = runtime.clock.monotonicMs();
    await first.election.release();
    expect(first.election.isLeading).toBe(false);
    await leading;
    expect(runtime.clock.monotonicMs() - startMs).toBeLessThan(2 * RETRY_MS);
    await second.election.release();
  }));

test('a lost answer, a refusal and a conflict are got over while the lease lasts', () =>
  simulated(1, async (runtime) => {
    const server = new LeaseServer();
    const { election, cable } = candidate(runtime, server, 'a');
    await election.lead();
    for (let round = 0; round < 5; round++) {
      cable.losesAnswers = true;
      await sleep(runtime.clock, 4_000);
      cable.losesAnswers = false;
      await sleep(runtime.clock, 4_000);
      expect(election.isLeading).toBe(true);
    }
    await election.release();
  }));

test('a lease that says nothing at all is held by nobody', () =>
  simulated(1, async (runtime) => {
    const server = new LeaseServer();
    server.isBare = true;
    const { election } = candidate(runtime, server, 'a');
    await election.lead();
    expect(server.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
    await election.release();
  }));

test('whoever stands still too long does not lead when it goes on', () =>
  simulated(1, async (runtime) => {
    let nowMs: number | undefined;
    const clock = { ...clockOf(runtime), monotonicMs: () => nowMs ?? runtime.clock.monotonicMs() };
    const { election } = candidate({ ...runtime, clock }, new LeaseServer(), 'a');
    await election.lead();
    election.require();
    nowMs = runtime.clock.monotonicMs() + RENEW_MS;
    expect(() => election.require()).toThrow('was not renewed');
    nowMs = undefined;
    // For good: another may have led in between.
    expect(() => election.require()).toThrow('was not renewed');
    await election.release();
  }));

function clockOf({ clock }: Runtime): Runtime['clock'] {
  return {
    monotonicMs: () => clock.monotonicMs(),
    wallMs: () => clock.wallMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
    every: (periodMs, run) => clock.every(periodMs, run),
    endOfTurn: (run) => clock.endOfTurn(run),
  };
}
