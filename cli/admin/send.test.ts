import { expect, test } from 'vitest';
import { sleep } from '../../runtime/mod.ts';
import { simulated } from '../../simulation/mod.ts';
import { FakeCluster } from '../../test/fakes/cluster.ts';
import { FakeInvocation } from '../../test/fakes/invocation.ts';
import { startSlowDisk } from '../../test/fakes/slow-disk.ts';
import { send } from './send.ts';

function world(
  seed: number,
  body: (cluster: FakeCluster, invocation: FakeInvocation) => Promise<void>,
  form: 'table' | 'json' = 'table',
): Promise<void> {
  return simulated(seed, async (runtime) => {
    await using cluster = await FakeCluster.start(runtime, 2);
    cluster.topics.set('T', 2);
    await body(cluster, new FakeInvocation(runtime, cluster.nameServers, form));
  });
}

const message = { topic: 'T', body: 'hi', tags: 'A', keys: ['k'], properties: { p: 'q' } };

test('each message is a row as soon as it is stored', () =>
  world(1, async (cluster, invocation) => {
    await send(invocation, { message, count: 3 });
    expect(cluster.messages('T').map((stored) => String(stored.body))).toEqual(['hi', 'hi', 'hi']);
    expect(invocation.printed).toHaveLength(4);
    expect(invocation.printed[1]).toMatch(/^[\dA-F]{32} {2}broker-[ab]:[01] {2}\d .* SEND_OK$/);
    expect(invocation.noted).toEqual(['3 messages are sent']);
  }));

test('for programs each message is a line of JSON', () =>
  world(
    2,
    async (_cluster, invocation) => {
      await send(invocation, { message, count: 1, queue: { brokerName: 'broker-b', queueId: 1 } });
      expect(invocation.json()).toMatchObject({
        topic: 'T',
        brokerName: 'broker-b',
        queueId: 1,
        queueOffset: 0,
        status: 'SEND_OK',
      });
      expect(invocation.noted).toEqual([]);
    },
    'json',
  ));

test('a queue that is not there is refused with those that are', () =>
  world(3, async (_cluster, invocation) => {
    const queues = [
      [{ brokerName: 'broker-a', queueId: 2 }, 'broker-a:0 to 1, broker-b:0 to 1', 'NotFound'],
      [{ brokerName: 'nobody', queueId: 0 }, 'no queue nobody:0', 'NotFound'],
      [{ brokerName: undefined, queueId: 0 }, '--queue broker-a:0, --queue broker-b:0', 'Usage'],
    ] as const;
    for (const [queue, advice, exit] of queues) {
      const refused = send(invocation, { message, count: 1, queue });
      await expect(refused).rejects.toMatchObject({
        exit,
        message: expect.stringContaining(advice) as string,
      });
    }
    expect(invocation.printed).toEqual([]);
  }));

test('a message that is not as safe as was asked is an error, though it is stored', () =>
  world(4, async (cluster, invocation) => {
    await using servers = new AsyncDisposableStack();
    for (const broker of cluster.brokers) {
      await cluster.stopBroker(broker);
      const server = await startSlowDisk(invocation.runtime, broker);
      servers.defer(() => server.close());
    }
    const unsure = send(invocation, { message, count: 2 });
    await expect(unsure).rejects.toMatchObject({ exit: 'Rejected' });
    expect(invocation.printed.join('\n')).toContain('FLUSH_DISK_TIMEOUT');
  }));

test('what was sent before a failure is said', () =>
  world(5, async (cluster, invocation) => {
    const sending = send(invocation, { message, count: 1_000_000 });
    const failure = sending.catch((error: unknown) => error);
    await sleep(invocation.runtime.clock, 200);
    for (const broker of cluster.brokers) broker.refusal = 'IllegalMessage';
    expect(await failure).toMatchObject({ name: 'RemoteRefusal' });
    expect(invocation.noted[0]).toMatch(/^\d+ of 1000000 messages are sent$/);
  }));

test('Ctrl-C ends it between two messages', () =>
  world(6, async (cluster, invocation) => {
    const sending = send(invocation, { message, count: 1_000_000 });
    const failure = sending.catch((error: unknown) => error);
    await sleep(invocation.runtime.clock, 200);
    invocation.interrupt();
    expect(await failure).toMatchObject({ exit: 'Interrupted' });
    expect(invocation.printed).toHaveLength(cluster.messages('T').length + 1);
  }));
