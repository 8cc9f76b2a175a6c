/**
 * What a producer and a consumer see while brokers are replaced under them, again and again, and
 * while the API server is away.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerReport } from '../ledger.ts';
import { clusterManifest } from '../manifests.ts';
import { World } from '../world.ts';
import { isLong } from './length.ts';
import { converged } from './operations.ts';

const ROLLS = isLong ? 20 : 1;
const OUTAGE_MS = isLong ? 300_000 : 20_000;
const GROUPS = 2;

const TOPIC = `
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ledger, namespace: default }
spec: { clusterRef: { name: it } }
`;

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(clusterManifest({ groups: GROUPS }));
  await world.server.apply(TOPIC);
  await world.awaitReady('rocketmqclusters', 'it');
  await world.awaitReady('topics', 'ledger');
});

afterAll(() => world[Symbol.asyncDispose]());

const brokerPods = async (): Promise<string[]> =>
  (await world.list('pods'))
    .filter(({ metadata }) => metadata.name.includes('-broker-'))
    .map(({ metadata }) => metadata.uid);

function print(what: string, { lost, ...report }: LedgerReport): void {
  console.log(`${what}: ${JSON.stringify({ ...report, lost: lost.length })}`);
}

test(
  'rolls replace every broker and lose no message',
  async () => {
    const nameServers = world.nameServer('it');
    const ledger = await world.ledger({ nameServers, topic: 'ledger' });
    for (let roll = 1; roll <= ROLLS; roll++) {
      const before = await brokerPods();
      const annotations = { roll: String(roll) };
      await world.server.apply(clusterManifest({ groups: GROUPS, annotations }));
      await converged({ world, namespace: 'default' });
      const after = await brokerPods();
      expect(after).toHaveLength(GROUPS);
      expect(before.filter((uid) => after.includes(uid))).toEqual([]);
    }
    const report = await ledger.close();
    print(`${ROLLS} rolls of ${GROUPS} groups`, report);
    expect(report.lost).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(100 * ROLLS);
  },
  ROLLS * 60_000 + 120_000,
);

test(
  'brokers serve on without API server, and what was asked for meanwhile is done after',
  async () => {
    const ledger = await world.ledger({ nameServers: world.nameServer('it'), topic: 'ledger' });
    await world.proxy.down();
    await world.server.apply(clusterManifest({ groups: GROUPS + 1 }));
    await world.mutationsIn(OUTAGE_MS);
    const report = await ledger.close();
    print(`${OUTAGE_MS / 1000} s without API server`, report);
    expect(report).toMatchObject({ lost: [], refused: 0 });
    expect(await brokerPods()).toHaveLength(GROUPS);
    await world.proxy.up();
    if (!world.operator.isRunning) await world.operator.restart();
    await converged({ world, namespace: 'default' });
    expect(await brokerPods()).toHaveLength(GROUPS + 1);
  },
  OUTAGE_MS + 240_000,
);
