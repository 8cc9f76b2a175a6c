import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecords, javaHash } from '../../protocol/mod.ts';
import { sleep } from '../../runtime/mod.ts';
import {
  type BrokerWorld,
  pullHeader,
  sendHeader,
  withBroker,
} from '../../test/fakes/broker-world.ts';

/** Bits of a pull's system flag. */
const COMMIT = 1;
const SUSPEND = 2;
const SUBSCRIPTION = 4;

async function send({ ask }: BrokerWorld, texts: readonly string[], tag = ''): Promise<void> {
  for (const text of texts) {
    const properties = tag === '' ? '' : `TAGS\u0001${tag}\u0002`;
    await ask('SEND_MESSAGE', sendHeader({ properties }), Buffer.from(text));
  }
}

async function pull({ ask }: BrokerWorld, fields: Parameters<typeof pullHeader>[0] = {}) {
  const { code, remark, fields: header, body } = await ask('PULL_MESSAGE', pullHeader(fields));
  const texts = code === 0 ? [...decodeRecords(body)].map((record) => record.body.toString()) : [];
  return { code, remark, next: header['nextBeginOffset'], texts, header };
}

test('a pull answers with the messages from its offset on, as many as it wants', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a', 'b', 'c', 'd']);
    expect(await pull(world, { queueOffset: 1, maxMsgNums: 2 })).toMatchObject({
      code: 0,
      remark: 'FOUND',
      texts: ['b', 'c'],
      next: '3',
      header: { minOffset: '0', maxOffset: '4', suggestWhichBrokerId: '0' },
    });
  });
});

test('an offset that is not in the queue is put right', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a']);
    expect(await pull(world, { queueOffset: 1 })).toMatchObject({ code: 19, next: '1' });
    expect(await pull(world, { queueOffset: 9 })).toMatchObject({ code: 21, next: '1' });
    expect(await pull(world, { queueOffset: -1 })).toMatchObject({ code: 21, next: '0' });
    expect(await pull(world, { queueId: 1 })).toMatchObject({ code: 19, next: '0' });
    expect(await pull(world, { queueId: 1, queueOffset: 5 })).toMatchObject({
      code: 21,
      next: '0',
    });
  });
});

test('what is wrong with a pull is told in the order of the checks', async () => {
  await withBroker(['autoCreateSubscriptionGroup=false'], async (world) => {
    await send(world, ['a']);
    const known = { consumerGroup: 'TOOLS_CONSUMER' };
    expect((await pull(world, { topic: 'nowhere' })).code).toBe(26);
    expect((await pull(world, { ...known, topic: 'nowhere' })).code).toBe(17);
    expect((await pull(world, { ...known, queueId: 4 })).code).toBe(29);
    expect(
      (await pull(world, { ...known, expressionType: 'SQL92', subscription: 'a > 1' })).code,
    ).toBe(1);
    expect((await pull(world, { ...known, subscription: '||' })).code).toBe(23);
    expect((await pull(world, { ...known, sysFlag: 0 })).code).toBe(24);
    expect((await pull(world, known)).code).toBe(0);
  });
});

test('a pull gets the messages whose tags it wants, by their hash, and passes over the others', async () => {
  const tag = fc.constantFrom('', 'a', 'b', 'Aa', 'BB');
  const wanted = fc.uniqueArray(fc.constantFrom('a', 'b', 'Aa'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(tag, { maxLength: 12 }), wanted, async (tags, wants) => {
      await withBroker([], async (world) => {
        for (const [index, each] of tags.entries()) await send(world, [`${index}`], each);
        const { texts, next, code } = await pull(world, { subscription: wants.join(' || ') });
        const hashes = wants.map(javaHash);
        const expected = [...tags.entries()].filter(
          ([, each]) => each !== '' && hashes.includes(javaHash(each)),
        );
        expect(texts).toEqual(expected.map(([index]) => `${index}`));
        const missed = tags.length === 0 ? [17, undefined] : [20, String(tags.length)];
        expect([code, next]).toEqual(expected.length > 0 ? [0, String(tags.length)] : missed);
      });
    }),
    { numRuns: 25 },
  );
});

test('a pull at the end waits for a message, and gets it as it comes', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a']);
    const startMs = world.simulation.nowMs;
    const waits = { queueOffset: 1, sysFlag: SUBSCRIPTION | SUSPEND, suspendTimeoutMillis: 15_000 };
    const held = pull(world, waits);
    await sleep(world.runtime.clock, 5_000);
    await send(world, ['late']);
    expect(await held).toMatchObject({ code: 0, texts: ['late'], next: '2' });
    expect(world.simulation.nowMs - startMs).toBeLessThan(5_100);
  });
});

test('a pull that waited in vain is told so when its time is up', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a']);
    const startMs = world.simulation.nowMs;
    const waits = { queueOffset: 1, sysFlag: SUBSCRIPTION | SUSPEND, suspendTimeoutMillis: 3_000 };
    expect(await pull(world, waits)).toMatchObject({ code: 19, next: '1' });
    expect(world.simulation.nowMs - startMs).toBeGreaterThanOrEqual(3_000);
    expect(world.simulation.nowMs - startMs).toBeLessThan(3_300);
  });
});

test('a waiting pull passes over what it does not want, and says so in the end', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a'], 'x');
    const fields = {
      queueOffset: 1,
      subscription: 'y',
      sysFlag: SUBSCRIPTION | SUSPEND,
      suspendTimeoutMillis: 2_000,
    };
    const waiting = pull(world, fields);
    await sleep(world.runtime.clock, 500);
    await send(world, ['b', 'c'], 'x');
    expect(await waiting).toMatchObject({ code: 20, next: '3' });
  });
});

test('a pull may commit the offset it has come to', async () => {
  await withBroker([], async (world) => {
    await send(world, ['a', 'b']);
    await pull(world, { queueOffset: 1, commitOffset: 1, sysFlag: SUBSCRIPTION | COMMIT });
    const queue = { consumerGroup: 'consumers', topic: 'orders', queueId: 0 };
    expect((await world.ask('QUERY_CONSUMER_OFFSET', queue)).fields['offset']).toBe('1');
  });
});

test('large messages leave whole, one at least', async () => {
  await withBroker(['mappedFileSizeCommitLog=16777216'], async (world) => {
    const large = 'x'.repeat(600_000);
    await send(world, [large, large, 'small']);
    expect((await pull(world)).texts).toEqual([large]);
    expect((await pull(world, { queueOffset: 1 })).texts).toEqual([large]);
    expect((await pull(world, { queueOffset: 2 })).texts).toEqual(['small']);
  });
});

test('every queue gives back its messages, however they lie among those of others', async () => {
  const sends = fc.array(fc.tuple(fc.nat(3), fc.nat(9000)), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(sends, fc.boolean(), async (sent, again) => {
      await withBroker(['mappedFileSizeCommitLog=65536'], async (world) => {
        const expected: string[][] = [[], [], [], []];
        for (const [index, [queueId, length]] of sent.entries()) {
          const text = `${index} `.padEnd(length, 'x');
          await world.ask('SEND_MESSAGE', sendHeader({ queueId }), Buffer.from(text));
          expected[queueId]?.push(text);
        }
        if (again) await world.restart();
        for (const [queueId, texts] of expected.entries()) {
          const found: string[] = [];
          while (found.length < texts.length) {
            const pulled = await pull(world, { queueId, queueOffset: found.length });
            expect(pulled.texts.length).toBeGreaterThan(0);
            found.push(...pulled.texts);
          }
          expect(found).toEqual(texts);
        }
      });
    }),
    { numRuns: 20 },
  );
});

test('messages are found by key and by their place in the log', async () => {
  await withBroker([], async ({ ask }) => {
    const properties = 'KEYS\u0001one two\u0002UNIQ_KEY\u0001unique\u0002';
    const sent = await ask('SEND_MESSAGE', sendHeader({ properties }), Buffer.from('found'));
    const times = { beginTimestamp: 0, endTimestamp: Number.MAX_SAFE_INTEGER };
    for (const key of ['one', 'two', 'unique']) {
      const { body } = await ask('QUERY_MESSAGE', { topic: 'orders', key, maxNum: 5, ...times });
      expect([...decodeRecords(body)].map((record) => record.body.toString())).toEqual(['found']);
    }
    const none = await ask('QUERY_MESSAGE', { topic: 'orders', key: 'three', maxNum: 5, ...times });
    expect(none.code).toBe(22);
    const offset = Number.parseInt(sent.fields['msgId']?.slice(16) ?? '', 16);
    const { body } = await ask('VIEW_MESSAGE_BY_ID', { offset });
    expect([...decodeRecords(body)].map((record) => record.body.toString())).toEqual(['found']);
    for (const wrong of [offset + 1, 99_999, -1]) {
      expect((await ask('VIEW_MESSAGE_BY_ID', { offset: wrong })).code).toBe(1);
    }
  });
});
