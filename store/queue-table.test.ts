import { describe, expect, test } from 'vitest';
import { DrivenStore } from '../test/stores/driven-store.ts';

async function opened(): Promise<DrivenStore> {
  const driven = new DrivenStore();
  await driven.open();
  return driven;
}

describe('a topic that is removed', () => {
  test('begins again at 0, also after a crash, while others stay', async () => {
    const driven = await opened();
    driven.put({ body: 'a' }, { body: 'b', topic: 'payments' });
    await driven.pass(20_000);
    const handle = driven.store.topic('orders');
    driven.store.removeTopic('orders');
    expect(handle.isRemoved).toBe(true);
    expect([...driven.store.topicNames]).toEqual(['payments']);
    driven.put({ body: 'c' });
    expect(driven.served()).toEqual(['orders/0/0 c', 'payments/0/0 b']);
    await driven.pass(1000);
    driven.kill();
    await driven.open();
    expect(driven.served()).toEqual(['orders/0/0 c', 'payments/0/0 b']);
  });

  test('leaves its place to others: the table grows no longer than what is open', async () => {
    const driven = await opened();
    const references = new Set<number>();
    for (let count = 0; count < 300; count++) {
      driven.put({ topic: 'short', queueId: 0 }, { topic: 'short', queueId: 1 });
      for (const { reference } of driven.store.queuesOf('short')) references.add(reference);
      driven.store.removeTopic('short');
    }
    expect(references.size).toBeLessThan(10);
  });

  test('gives its place to none while messages wait for it', async () => {
    const driven = await opened();
    const { store } = driven;
    driven.put({ topic: 'short', body: 'seen' });
    store.confirmBy(() => 0);
    driven.put({ topic: 'short', body: 'waits' });
    store.removeTopic('short');
    driven.put({ topic: 'orders', body: 'a' });
    store.confirmBy(() => store.writtenEnd);
    expect(driven.served()).toEqual(['orders/0/0 a']);
    driven.put({ topic: 'payments', body: 'b' });
    expect(driven.served()).toEqual(['orders/0/0 a', 'payments/0/0 b']);
  });

  test('takes nothing through an old handle', async () => {
    const driven = await opened();
    driven.put({ body: 'a' });
    const handle = driven.store.topic('orders');
    driven.store.removeTopic('orders');
    driven.input.topic = handle;
    driven.store.append(driven.input, driven.output);
    expect(driven.output.status).toBe('topicRemoved');
  });
});
