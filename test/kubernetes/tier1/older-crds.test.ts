/** An operator whose CRDs are older than it is: it does without what they lack, or says what that is. Pods are played on paper. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converged } from '../campaigns/operations.ts';
import { clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start({ isOnPaper: true });
});

afterAll(() => world[Symbol.asyncDispose]());

const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/brokersets.gantrymq.io';

test('without what nobody sets, in spec and status, is no hindrance', async () => {
  const restore = await withoutFields('networkPolicy', 'updateRevision');
  await world.server.apply(clusterManifest());
  await converged({ world, namespace: 'default' });
  expect(await world.changesIn(5_000)).toEqual([]);
  await restore();
});

test('without a field that somebody sets is named', async () => {
  const restore = await withoutFields('update');
  await world.server.apply(clusterManifest({ annotations: { roll: '1' } }));
  const condition = { type: 'Stalled', reason: 'InvalidSpec' };
  await world.awaitCondition('rocketmqclusters', 'it', condition);
  const { status } = await world.require('rocketmqclusters', 'it');
  const conditions = status.conditions as { type: string; message: string }[];
  const message = conditions.find(({ type }) => type === 'Stalled')?.message;
  console.log(`a CRD of an older version\n  Stalled/InvalidSpec: ${message}`);
  expect(message).toContain('update');
  await restore();
  await converged({ world, namespace: 'default' });
});

/** Takes fields out of spec and status of broker sets; the answer puts them back. */
async function withoutFields(...fields: readonly string[]): Promise<() => Promise<void>> {
  const before = await world.api.read(CRD);
  const text = JSON.stringify(before['spec']);
  const spec = JSON.parse(text) as typeof before.spec;
  const { properties } = spec.versions[0].schema.openAPIV3Schema;
  for (const field of fields) {
    const found = [properties.spec, properties.status].filter(
      ({ properties: all }) => field in all,
    );
    expect(found, `where there is ${field}`).toHaveLength(1);
    for (const { properties: all } of found) delete all[field];
  }
  const replace = async (value: object): Promise<void> => {
    await world.api.patch(CRD, [{ op: 'replace', path: '/spec', value }], 'json');
    // The API server serves nothing of a kind for a moment, while it takes over its new schema.
    await world.mutationsIn(2_000);
    await until(
      () =>
        world.list('brokersets').then(
          () => true,
          () => false,
        ),
      () => 'Broker sets are not served',
    );
  };
  await replace(spec as object);
  return () => replace(JSON.parse(text) as object);
}
