import { expect, test } from 'vitest';
import { sendHeader, withBroker } from '../../test/fakes/broker-world.ts';

const body = Buffer.from('hello');
const noWait = { properties: 'WAIT\u0001false\u0002' };

test('with SYNC_FLUSH an answer waits for the disk, unless the sender does not care', async () => {
  await withBroker(['flushDiskType=SYNC_FLUSH'], async ({ ask }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    const order: string[] = [];
    const waiting = ask('SEND_MESSAGE', sendHeader(), body).then(() => order.push('flushed'));
    const careless = ask('SEND_MESSAGE', sendHeader(noWait), body).then(() =>
      order.push('written'),
    );
    await Promise.all([waiting, careless]);
    expect(order).toEqual(['written', 'flushed']);
  });
});

test('a message that the disk did not take in time is answered as stored, with code 10', async () => {
  const settings = ['flushDiskType=SYNC_FLUSH', 'syncFlushTimeout=200'];
  await withBroker(settings, async ({ ask, disk }) => {
    await ask('SEND_MESSAGE', sendHeader(), body);
    disk.syncUsMin = disk.syncUsMax = 1_000_000;
    const { code, fields } = await ask('SEND_MESSAGE', sendHeader(), body);
    expect(code).toBe(10);
    expect(fields).toMatchObject({ queueId: '0', queueOffset: '1' });
  });
});
