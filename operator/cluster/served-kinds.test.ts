import { expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { KubeError, resources } from '../kube/mod.ts';
import { ServedKinds } from './served-kinds.ts';

const { podMonitors, prometheusRules } = resources;

test('a kind is asked for once in half a minute, however many clusters there are', async () => {
  const world = new KubeContext();
  const served = new ServedKinds();
  expect(await served.has(podMonitors, world.context)).toBe(false);
  world.addOns.add(podMonitors.plural);
  world.nowMs += 29_999;
  expect(await served.has(podMonitors, world.context)).toBe(false);
  world.nowMs += 1;
  expect(await served.has(podMonitors, world.context)).toBe(true);
  expect(await served.has(prometheusRules, world.context)).toBe(false);
});

test('no answer is not kept', async () => {
  const { context } = new KubeContext();
  const error = new KubeError('no answer', { status: 503, reason: 'ServiceUnavailable' });
  const client = { ...context.client, serves: () => Promise.reject(error) };
  const served = new ServedKinds();
  await expect(served.has(podMonitors, { ...context, client })).rejects.toBe(error);
  expect(await served.has(podMonitors, context)).toBe(false);
});
