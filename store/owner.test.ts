import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DrivenStore, FOLDER } from '../test/stores/driven-store.ts';
import type { StoreOwner } from './owner.ts';

const owner: StoreOwner = { clusterName: 'shop', brokerName: 'broker-a' };
const other: StoreOwner = { clusterName: 'shop', brokerName: 'broker-b' };
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const anyOwner = fc.record({ clusterName: name, brokerName: name });

/** A start, and the stop that follows it. */
async function start(driven: DrivenStore, as: StoreOwner): Promise<void> {
  await driven.open({ owner: as });
  await driven.close();
}

function write(driven: DrivenStore, file: string, text: string): void {
  const { disk } = driven.runtime;
  disk.makeFolder(FOLDER);
  const opened = disk.open(`${FOLDER}/${file}`, 'create');
  opened.write(Buffer.from(text), 0);
  opened.close();
}

test('a store opens for the broker that made it and for no other', () =>
  fc.assert(
    fc.asyncProperty(anyOwner, anyOwner, async (first, second) => {
      const driven = new DrivenStore();
      await start(driven, first);
      await start(driven, first);
      const isSame =
        first.clusterName === second.clusterName && first.brokerName === second.brokerName;
      if (isSame) return;
      await expect(driven.open({ owner: second })).rejects.toMatchObject({ code: 'WrongIdentity' });
      await start(driven, first);
    }),
    { numRuns: 20 },
  ));

describe('a refusal', () => {
  test('says whose the store is, who asks, and what helps', async () => {
    const driven = new DrivenStore();
    await start(driven, owner);
    await expect(driven.open({ owner: other })).rejects.toThrow(
      `Cannot open ${FOLDER}: it belongs to broker "broker-a" of cluster "shop", this is broker "broker-b" of cluster "shop". Start it with brokerClusterName=shop brokerName=broker-a`,
    );
  });

  test('leaves the store free for its owner, without the sign of a crash', async () => {
    const driven = new DrivenStore();
    await start(driven, owner);
    await expect(driven.open({ owner: other })).rejects.toThrow(/belongs to/);
    const store = await driven.open({ owner });
    expect(store.facts().wasCrash).toBe(false);
    await driven.close();
  });
});

test('a store that RocketMQ or an earlier version left belongs to who opens it', async () => {
  const driven = new DrivenStore();
  await driven.open();
  await driven.close();
  await start(driven, owner);
  await expect(driven.open({ owner: other })).rejects.toThrow(/belongs to/);
});

test('what RocketMQ wrote under a controller says whose the store is', async () => {
  const driven = new DrivenStore();
  write(driven, 'brokerIdentity', 'shop#broker-a#2');
  await expect(driven.open({ owner: other })).rejects.toThrow(/brokerIdentity/);
  await start(driven, owner);
});

test('a name cut off by a crash is nobody', async () => {
  const driven = new DrivenStore();
  write(driven, 'gantry-owner.json', '{"clusterName":"shop","brokerName":"bro');
  await start(driven, other);
  await start(driven, other);
  await expect(driven.open({ owner })).rejects.toThrow(/broker-b/);
});
