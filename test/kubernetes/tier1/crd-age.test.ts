/** An operator that is newer than a CRD: it says so wherever somebody may look, and works on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start({ nodes: [] });
  for (const name of ['a', 'b']) await world.server.apply(topic(name));
});

afterAll(() => world[Symbol.asyncDispose]());

const topic = (name: string) => `
apiVersion: gantrymq.io/v1alpha1
kind: Topic
metadata: { name: ${name}, namespace: default }
spec: { clusterRef: { name: orders } }
`;
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/topics.gantrymq.io';
const STATUS = '/spec/versions/0/schema/openAPIV3Schema/properties/status/properties';
const soon = { timeout: 60_000, interval: 500 };
const lacks =
  /the CRD of Topic is older than the operator \(\S+\) and lacks status\.leaving: apply/;

const told = async (): Promise<number> => {
  const events = await world.server.kubectl(['get', 'events', '-o', 'jsonpath={.items[*].reason}']);
  return events.split(' ').filter((reason) => reason === 'CrdOutdated').length;
};

test('a CRD that lacks a field is told to probes, in the log, and once of each object', async () => {
  expect(await world.operator.isReady()).toBe(true);
  const { spec } = await world.api.read(CRD);
  const { versions } = spec as { versions: { schema: { openAPIV3Schema: object } }[] };
  const whole = JSON.stringify(versions[0]?.schema.openAPIV3Schema);
  await world.api.patch(CRD, [{ op: 'remove', path: `${STATUS}/leaving` }], 'json');
  // Whoever looks once a minute.
  await expect.poll(() => world.operator.output, { ...soon, timeout: 90_000 }).toMatch(lacks);
  expect(await world.operator.isReady()).toBe(false);
  await expect.poll(told, soon).toBe(2);
  const events = await world.server.kubectl(['describe', 'topic', 'a']);
  expect(events).toMatch(/kubectl apply --server-side -f deploy\/crds\.yaml/);

  await world.server.apply(topic('c'));
  await world.awaitCondition('topics', 'c', { type: 'Ready', reason: 'ClusterNotFound' });

  const value = JSON.parse(whole) as object;
  const path = '/spec/versions/0/schema/openAPIV3Schema';
  await world.api.patch(CRD, [{ op: 'replace', path, value }], 'json');
  await expect.poll(() => world.operator.isReady(), soon).toBe(true);
  expect(world.operator.output).toContain('CRD current again');
});
