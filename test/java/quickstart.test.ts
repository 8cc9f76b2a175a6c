/** What the README promises: the Java quick start, unmodified, against `gantry up`. */
import { expect, test } from 'vitest';
import { peer } from '../processes/java.ts';
import { LocalCluster } from '../processes/local-cluster.ts';

const NAME_SERVER = '127.0.24.1:9876';
const MESSAGES = 1000;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** The ids of the messages in what the producer or the consumer of the quick start printed. */
const ids = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));

test('the Java quick start sends 1,000 messages and consumes 1,000', async () => {
  await using cluster = await LocalCluster.up(NAME_SERVER);
  const surroundings = { folder: cluster.folder, nameServer: cluster.nameServer };

  await using producer = peer(['quickstart-producer'], surroundings);
  const sent = await producer.done();
  expect(count(sent, /sendStatus=SEND_OK/g)).toBe(MESSAGES);

  await using consumer = peer(['quickstart-consumer'], surroundings);
  const received = await consumer.until((output) => {
    const keys = ids(output, /UNIQ_KEY=([0-9A-F]{32})/g);
    return keys.size === MESSAGES ? keys : undefined;
  }, 90_000);
  expect(received).toEqual(ids(sent, / msgId=([0-9A-F]{32})/g));
});

test('every acknowledged message survives a kill -9 of the broker in the middle of sending', async () => {
  await using cluster = await LocalCluster.up(NAME_SERVER);
  const { name } = await cluster.broker();
  await using ledger = peer(['client', 'Ledger', cluster.nameServer, 'Ledger', '4', '20000'], {
    folder: cluster.folder,
  });
  await ledger.seen(/acknowledged 2000\b/);
  await cluster.run(['kill', name]);
  await ledger.seen(/acknowledged 10000\b/);
  await cluster.run(['kill', name]);
  const summary = await ledger.seen(/acknowledged (\d+) consumed \d+ missing (\d+)/, 240_000);
  expect(Number(summary[1])).toBeGreaterThanOrEqual(20_000);
  expect(Number(summary[2])).toBe(0);
  expect((await cluster.broker()).restarts).toBe(2);
});
