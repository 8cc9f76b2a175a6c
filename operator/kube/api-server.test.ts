import { expect, test } from 'vitest';
import { type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer, type Call } from './api-server.ts';
import { KubeError, LeadershipLostError } from './errors.ts';
import type { ApiResponse, Transport } from './transport.ts';

type Step = Partial<ApiResponse> | 'unanswered';

/** Answers one after the other; the last one for ever. */
function answering({ clock }: Runtime, steps: readonly Step[]) {
  const sentMs: number[] = [];
  const transport: Transport = {
    send: async () => {
      sentMs.push(clock.monotonicMs());
      await sleep(clock, 1);
      const step = steps[Math.min(sentMs.length, steps.length) - 1] ?? {};
      if (step === 'unanswered') throw new KubeError('no answer', { status: 0, reason: 'Timeout' });
      return { status: 200, retryAfter: undefined, body: '{}', ...step };
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  return { sentMs, transport };
}

const call = (facts: Partial<Call> = {}): Call => ({
  method: 'PATCH',
  path: '/api/v1/pods/a?fieldManager=x',
  isRepeatable: true,
  ...facts,
});

/** How often each is sent before its caller hears of the failure. */
const rules: readonly (readonly [string, Step, Partial<Call>, number])[] = [
  ['no answer, repeatable', 'unanswered', {}, 4],
  ['no answer, not repeatable', 'unanswered', { isRepeatable: false }, 1],
  ['bad gateway', { status: 502 }, {}, 4],
  ['bad gateway, not repeatable', { status: 502 }, { isRepeatable: false }, 1],
  ['an error inside', { status: 500, body: '{"reason":"InternalError"}' }, {}, 4],
  ['a field the schema lacks', { status: 500 }, {}, 1],
  ['too many', { status: 429 }, { isRepeatable: false }, 4],
  ['not now', { status: 503, retryAfter: '1' }, { isRepeatable: false }, 4],
  ['unavailable, not repeatable', { status: 503 }, { isRepeatable: false }, 1],
  ['urgent', { status: 429 }, { isUrgent: true }, 1],
  ['conflict', { status: 409 }, {}, 1],
  ['forbidden', { status: 403 }, {}, 1],
  ['invalid', { status: 422 }, {}, 1],
];

test.each(rules)(
  'what is safe to send again is, and nothing else: %s',
  (_name, step, facts, tries) =>
    simulated(1, async (runtime) => {
      const { sentMs, transport } = answering(runtime, [step]);
      const server = new ApiServer(runtime, transport);
      await expect(server.call(call(facts))).rejects.toBeInstanceOf(KubeError);
      expect(sentMs).toHaveLength(tries);
    }),
);

test('a pause is as long as the server says, and not longer than a minute', () =>
  simulated(1, async (runtime) => {
    const steps = [{ status: 429, retryAfter: '7' }, { status: 429, retryAfter: '3600' }, {}];
    const { sentMs, transport } = answering(runtime, steps);
    await new ApiServer(runtime, transport).call(call());
    const [first = 0, second = 0, third = 0] = sentMs;
    expect(second - first).toBeGreaterThanOrEqual(7_000);
    expect(second - first).toBeLessThan(7_100);
    expect(third - second).toBeGreaterThanOrEqual(60_000);
    expect(third - second).toBeLessThan(60_100);
  }));

test('the error says what could not be done and why, in words of the server', () =>
  simulated(1, async (runtime) => {
    const body = JSON.stringify({
      kind: 'Status',
      reason: 'Invalid',
      message: 'spec.replicas: must not be negative',
      code: 422,
    });
    const { transport } = answering(runtime, [{ status: 422, body }]);
    await expect(new ApiServer(runtime, transport).call(call())).rejects.toMatchObject({
      message: 'Cannot PATCH /api/v1/pods/a: spec.replicas: must not be negative',
      status: 422,
      reason: 'Invalid',
    });
  }));

test('before every try it is asked whether it may still be sent', () =>
  simulated(1, async (runtime) => {
    const { sentMs, transport } = answering(runtime, [{ status: 502 }]);
    let left = 2;
    const mayWrite = (): void => {
      if (left-- === 0) throw new LeadershipLostError('not leading');
    };
    const calling = new ApiServer(runtime, transport).call(call(), mayWrite);
    await expect(calling).rejects.toBeInstanceOf(LeadershipLostError);
    expect(sentMs).toHaveLength(2);
  }));

test('whoever is aborted between two tries sends no other', () =>
  simulated(1, async (runtime) => {
    const { sentMs, transport } = answering(runtime, [{ status: 429, retryAfter: '30' }]);
    const end = new AbortController();
    const calling = new ApiServer(runtime, transport).call(call({ signal: end.signal }));
    runtime.clock.after(1_000, () => end.abort(new Error('enough')));
    await expect(calling).rejects.toThrow('enough');
    expect(sentMs).toHaveLength(1);
  }));

test('every answer is counted, none as 0', () =>
  simulated(1, async (runtime) => {
    const { transport } = answering(runtime, ['unanswered', { status: 503 }, {}]);
    const seen: number[] = [];
    const server = new ApiServer(runtime, transport, (_method, status) => seen.push(status));
    await server.call(call());
    expect(seen).toEqual([0, 503, 200]);
  }));

test.each(['<html>', '', 'null', '[]', '"a text"'])(
  'an answer that is no object is none: %s',
  (body) =>
    simulated(1, async (runtime) => {
      const { transport } = answering(runtime, [{ body }]);
      const calling = new ApiServer(runtime, transport).call(call({ isRepeatable: false }));
      await expect(calling).rejects.toMatchObject({ status: 0, reason: 'Unanswered' });
    }),
);
