import { expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import type { Condition } from '../api/status/conditions.ts';
import type { KubeObject } from '../kube/mod.ts';
import { laterReconcilers } from './reconciler.ts';

test.each(laterReconcilers())('a $resource.kind says that it comes later, once', async (one) => {
  const world = new KubeContext();
  const { apiVersion, kind } = one.resource;
  world.put({ apiVersion, kind, metadata: { name: 'it', namespace: 'shop' }, spec: {} });
  await world.settle(one, 'it');
  expect(world.writes).toHaveLength(1);
  type Shown = KubeObject & { readonly status: { readonly conditions: readonly Condition[] } };
  expect(world.find<Shown>(one.resource, 'it')?.status.conditions).toMatchObject([
    { type: 'Ready', status: 'False' },
    { type: 'Stalled', reason: 'NotImplemented' },
  ]);
});
