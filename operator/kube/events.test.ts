import { expect, test } from 'vitest';
import { type Log, type Runtime, sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { ApiServer } from './api-server.ts';
import { type EventFacts, EventRecorder } from './events.ts';
import type { KubeObject } from './object.ts';
import type { ApiRequest, Transport } from './transport.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

function recording(runtime: Runtime) {
  const sent: Sent[] = [];
  const lines: string[] = [];
  const server = { status: 200 };
  const log: Log = {
    info: () => undefined,
    warn: (sentence) => lines.push(sentence),
    error: () => undefined,
    with: () => log,
  };
  const transport: Transport = {
    send: async ({ method, path, body = '{}' }: ApiRequest) => {
      await sleep(runtime.clock, 1);
      sent.push({ method, path, body: JSON.parse(body) as Sent['body'] });
      return { status: server.status, retryAfter: undefined, body: '{}' };
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  const reporter = { controller: 'gantrymq.io/operator', instance: 'pod-1' };
  const events = new EventRecorder(
    { ...runtime, log },
    new ApiServer(runtime, transport),
    reporter,
  );
  return { events, sent, lines, server };
}

const object = (uid: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'ns', uid, resourceVersion: '1', creationTimestamp: '' },
});

const held: EventFacts = {
  type: 'Normal',
  reason: 'GateHeld',
  action: 'RollingUpdate',
  message: 'Waits for its neighbour',
};

test('an event says what happened to what, why, and who says so', () =>
  simulated(1, async (runtime) => {
    const { events, sent } = recording(runtime);
    events.record(object('u'), { ...held, related: object('r') });
    await events.close();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/apis/events.k8s.io/v1/namespaces/ns/events',
      body: {
        type: 'Normal',
        reason: 'GateHeld',
        action: 'RollingUpdate',
        note: 'Waits for its neighbour',
        regarding: { kind: 'Pod', name: 'a', uid: 'u' },
        related: { uid: 'r' },
        reportingController: 'gantrymq.io/operator',
        reportingInstance: 'pod-1',
        eventTime: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/) as string,
      },
    });
  }));

test('the same again is counted, and the count written once a minute', () =>
  simulated(1, async (runtime) => {
    const { events, sent } = recording(runtime);
    for (let seconds = 0; seconds < 150; seconds++) {
      events.record(object('u'), held);
      await sleep(runtime.clock, 1_000);
    }
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH']);
    await events.close();
    expect(sent.at(-1)?.body).toMatchObject({ series: { count: 150 } });
    expect(events.lost).toBe(0);
  }));

test('a message that changes is told within a minute, in an event that goes on counting', () =>
  simulated(1, async (runtime) => {
    const { events, sent } = recording(runtime);
    for (let seconds = 0; seconds < 90; seconds++) {
      events.record(object('u'), { ...held, message: `Waits since ${seconds} s` });
      await sleep(runtime.clock, 1_000);
    }
    await events.close();
    expect(sent.map(({ method, body }) => [method, body['note']])).toEqual([
      ['POST', 'Waits since 0 s'],
      ['POST', 'Waits since 60 s'],
      ['POST', 'Waits since 89 s'],
    ]);
    expect(sent.at(-1)?.body).toMatchObject({ series: { count: 90 } });
    expect(new Set(sent.map(({ body }) => (body['metadata'] as { name: string }).name)).size).toBe(
      3,
    );
  }));

test('what comes again after a long silence is a new event', () =>
  simulated(1, async (runtime) => {
    const { events, sent } = recording(runtime);
    events.record(object('u'), held);
    await sleep(runtime.clock, 361_000);
    events.record(object('u'), held);
    await events.close();
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST']);
  }));

test('an object has 25 new events and then one in five minutes; others have their own', () =>
  simulated(1, async (runtime) => {
    const { events, sent } = recording(runtime);
    const record = (uid: string, action: string) => events.record(object(uid), { ...held, action });
    for (let action = 0; action < 40; action++) record('u', `a${action}`);
    record('other', 'a');
    expect(events.lost).toBe(15);
    await sleep(runtime.clock, 300_000);
    record('u', 'b1');
    record('u', 'b2');
    await events.close();
    expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(27);
    expect(events.lost).toBe(16);
  }));

test('one that is refused is lost, and the next is written', () =>
  simulated(1, async (runtime) => {
    const { events, sent, lines, server } = recording(runtime);
    server.status = 403;
    events.record(object('u'), held);
    await sleep(runtime.clock, 100);
    server.status = 200;
    events.record(object('u'), { ...held, action: 'Another' });
    await events.close();
    expect(lines).toEqual(['Event not written']);
    expect(events.lost).toBe(1);
    expect(sent).toHaveLength(2);
  }));
