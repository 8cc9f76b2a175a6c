import { beforeEach, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { API_VERSION } from '../api/metadata.ts';
import { KubeError, type KubeObject, resources, stampConditions } from '../kube/mod.ts';
import { actionsOf, carryOut, type Findings, sayUnusable } from './carrying-out.ts';
import { hasFinalizer, setFinalizer } from './finalizers.ts';
import { NO_REFUSALS } from './refusals.ts';

let kube: KubeContext;
let object: KubeObject & { readonly status?: object };
let found: Findings[];

const set = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'a', labels: { 'app.kubernetes.io/managed-by': 'gantry-operator' } },
};
const plan = {
  quiet: [{ kind: 'A' }],
  disruptive: { kind: 'B' },
  roll: { gates: [], skipped: [] },
  isPaused: false,
};
const ready = { type: 'Ready', status: 'True', reason: 'AllReady', message: 'all' } as const;

beforeEach(() => {
  kube = new KubeContext();
  found = [];
  object = kube.put({ apiVersion: API_VERSION, kind: 'BrokerSet', metadata: { name: 'it' } });
});

const work = (isPaused = false) => ({
  plan: { ...plan, isPaused },
  desired: [set],
  act: ({ kind }: { kind: string }) => {
    kube.writes.push(`act ${kind}`);
    return Promise.resolve(NO_REFUSALS);
  },
  statusOf: (findings: Findings) => {
    found.push(findings);
    return { conditions: stampConditions([ready], { generation: 1, nowMs: kube.nowMs }) };
  },
  reportMore: () => void kube.events.push('more'),
});

test('objects are made, then what is quiet is done, then what disrupts; then it is said', async () => {
  await carryOut(object, kube.context, work());
  expect(kube.writes).toEqual([
    'apply statefulsets shop/a',
    'act A',
    'act B',
    'status brokersets shop/it',
  ]);
  expect(kube.events).toEqual(['Ready: all', 'more']);
  expect(found).toMatchObject([
    { problems: [], unsettled: ['StatefulSet a was told something new'], generation: 1 },
  ]);
});

test('while it is paused no object is touched', async () => {
  await carryOut(object, kube.context, work(true));
  expect(kube.writes[0]).toBe('act A');
});

test('what fails is said in the status before it is thrown', async () => {
  const error = new KubeError('etcd is away', { status: 500, reason: '' });
  kube.refusal = { plural: 'statefulsets', error };
  await expect(carryOut(object, kube.context, work())).rejects.toThrow('etcd is away');
  expect(found).toMatchObject([{ unsettled: ['it is tried again: etcd is away'] }]);
  expect(kube.writes.at(-1)).toBe('status brokersets shop/it');
});

test('the one that disrupts comes last', () => {
  expect(actionsOf(plan)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
  expect(actionsOf({ ...plan, disruptive: undefined })).toEqual([{ kind: 'A' }]);
});

test('what cannot be used is said', async () => {
  await sayUnusable(object, kube.context, { reason: 'InvalidSpec', message: 'no', problems: [] });
  expect(kube.find<typeof object>(resources.brokerSets, 'it')?.status).toMatchObject({
    phase: 'Failed',
    conditions: [{ type: 'Ready' }, { type: 'Stalled', reason: 'InvalidSpec', message: 'no' }],
  });
});

test('a finalizer is set beside those of others, and taken off alone', async () => {
  const name = 'gantrymq.io/teardown';
  const finalizer = { resource: resources.brokerSets, name } as const;
  const other = { ...object, metadata: { ...object.metadata, finalizers: ['x.io/y'] } };
  await setFinalizer(kube.context, other, { ...finalizer, present: true });
  const live = kube.find<KubeObject>(resources.brokerSets, 'it') ?? object;
  expect(live.metadata.finalizers).toEqual(['x.io/y', name]);
  expect(hasFinalizer(live, name)).toBe(true);
  await setFinalizer(kube.context, live, { ...finalizer, present: true });
  await setFinalizer(kube.context, live, { ...finalizer, present: false });
  expect(kube.writes).toHaveLength(2);
  expect(kube.find<KubeObject>(resources.brokerSets, 'it')?.metadata.finalizers).toEqual([
    'x.io/y',
  ]);
});
