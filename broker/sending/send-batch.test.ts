import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricsRegistry } from '../../metrics/mod.ts';
import { encodeBatch, Failure } from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import { Simulation } from '../../simulation/mod.ts';
import { brokerConfig, sendHeader } from '../../test/fakes/broker-world.ts';
import { type BrokerParts, openParts } from '../parts.ts';
import { newTopic } from '../topics/topic-config.ts';
import { sendHandlers } from './send.ts';

const MiB = 1_048_576;
const client = {
  closed: false,
  remote: { host: '127.0.0.1', port: 1 },
} as unknown as ServerConnection;

function send(parts: BrokerParts, name: 'SEND_MESSAGE' | 'SEND_BATCH_MESSAGE', body: Buffer): void {
  const header = sendHeader({ batch: name === 'SEND_BATCH_MESSAGE' });
  // Oneway: nobody is answered here.
  const command = { code: 0, flag: 2, opaque: 1 } as never;
  const handler = sendHandlers(parts)[name];
  try {
    void handler({ name, header, body, command, connection: client } as never);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** How many messages are stored when `alone` and then a batch of `items` come in one turn. */
async function storedOf(diskBytes: number, alone: number[], items: number[]): Promise<number> {
  const simulation = new Simulation(1);
  const host = simulation.host('broker', { diskBytes });
  const run = async (runtime: Runtime): Promise<number> => {
    const config = brokerConfig(['mappedFileSizeCommitLog=33554432', 'maxMessageSize=16000000']);
    const parts = await openParts(runtime, config, {
      registry: new MetricsRegistry(),
      schedule: () => undefined,
    });
    parts.topics.create(newTopic('orders', 1));
    parts.topics.onDurable();
    for (const bytes of alone) send(parts, 'SEND_MESSAGE', Buffer.alloc(bytes));
    const batch = items.map((bytes) => ({
      flag: 0,
      body: Buffer.alloc(bytes),
      properties: Buffer.alloc(0),
    }));
    send(parts, 'SEND_BATCH_MESSAGE', encodeBatch(batch));
    parts.store.commit();
    const stored = parts.topics.find('orders')?.stored.queue(0).maxOffset ?? 0;
    await parts.store.close();
    return stored;
  };
  return simulation.settle(run(host.boot()));
}

const messages = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 3 * MiB }), { minLength: 1, maxLength });

test('a batch is stored whole or not at all, wherever the disk is full', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: MiB, max: 20 * MiB }),
      messages(5),
      messages(5),
      async (diskBytes, alone, items) => {
        const stored = await storedOf(diskBytes, alone, items);
        const partly = stored > alone.length && stored < alone.length + items.length;
        expect(partly, `${stored} of ${alone.length} and ${items.length}`).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('a batch that one write cannot take is refused', async () => {
  expect(await storedOf(64 * MiB, [5], [3 * MiB, 3 * MiB, 3 * MiB])).toBe(1);
  expect(await storedOf(64 * MiB, [5], [3 * MiB, 3 * MiB])).toBe(3);
});
