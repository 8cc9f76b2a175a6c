/** A cluster that is as it should be is left alone, by the operator that made it and by the next. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { QUICKSTART, World } from '../world.ts';
import { isLong } from './length.ts';
import { converged } from './operations.ts';

const REST_MS = isLong ? 600_000 : 10_000;
/** Each object is looked at again after 72 s at the latest. */
const REST_OF_NEXT_MS = isLong ? 90_000 : 10_000;

/** What was counted while it converged is written in an event a minute later. */
const CALM_MS = isLong ? 65_000 : 5_000;

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.server.apply(QUICKSTART);
  await converged({ world, namespace: 'default' });
});

afterAll(() => world[Symbol.asyncDispose]());

test(
  'nothing is written while nothing changes',
  async () => {
    await until(
      async () => (await world.mutationsIn(CALM_MS)).length === 0,
      () => 'There is always something to be written',
    );
    const before = await world.operator.metric('gantry_operator_reconciles_total');
    const written = await (isLong ? world.mutationsIn(REST_MS) : world.changesIn(REST_MS));
    const reconciles = (await world.operator.metric('gantry_operator_reconciles_total')) - before;
    console.log(
      `${written.length} mutating calls in ${REST_MS / 1000} s, ${reconciles} reconciles`,
    );
    expect(written).toEqual([]);
  },
  REST_MS + 6 * CALM_MS + 120_000,
);

test('a new operator finds nothing to be done', {
  timeout: REST_OF_NEXT_MS + 120_000,
}, async () => {
  // One that ends writes down how often its events came, which the next one knows nothing of.
  await world.operator.stop();
  const before = world.proxy.mutations.length;
  await world.operator.restart();
  await until(
    () => world.operator.isLeading(),
    () => `The operator does not lead: ${world.operator.output}`,
  );
  await world.mutationsIn(REST_OF_NEXT_MS);
  const written = world.proxy.mutations.slice(before);
  const after = `${REST_OF_NEXT_MS / 1000} s after a restart of the operator`;
  console.log(`${written.length} mutating calls in ${after}`);
  expect(written).toEqual([]);
  expect(await world.operator.metric('gantry_operator_reconciles_total')).toBeGreaterThan(0);
});
