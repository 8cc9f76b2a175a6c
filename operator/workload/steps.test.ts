import { beforeEach, describe, expect, test } from 'vitest';
import { AssertionError } from '../../runtime/mod.ts';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { ForeignObjectError, KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { findApiProblem } from './api-problem.ts';
import { claimFacts } from './claim-facts.ts';
import { nodeState } from './node-state.ts';
import { orphanStatefulSet } from './orphaning.ts';
import { type LivePod, podFacts } from './pod-facts.ts';
import { removePod } from './pod-removal.ts';
import { reportChanges } from './report-changes.ts';
import { actAll, applyAll, type Stages, throwFailure } from './stages.ts';
import { findExpandable, withClass } from './storage-class.ts';
import { unusableStatus } from './unusable.ts';

let kube: KubeContext;
let owner: KubeObject;

beforeEach(() => {
  kube = new KubeContext();
  owner = kube.put({ apiVersion: 'v1', kind: 'BrokerSet', metadata: { name: 'it' } } as never);
});

const refusedWith = (status: number, message: string): KubeError =>
  new KubeError(message, { status, reason: '' });

describe('what the API server refuses', () => {
  test.each([
    [403, 'pods is forbidden: exceeded quota: q', 'ConfigMap', 'QuotaExceeded'],
    [403, 'services is forbidden: cannot patch', 'Service', 'Forbidden'],
    [422, 'spec.template is invalid', 'StatefulSet', 'InvalidPodOptions'],
    [500, 'failed to create typed patch object', 'StatefulSet', 'InvalidPodOptions'],
    [422, 'name is invalid', 'Service', 'InvalidSpec'],
  ])('with %i %s is %s', (status, message, kind, reason) => {
    expect(findApiProblem(refusedWith(status, message), kind)?.reason).toBe(reason);
  });

  test('because it is somebody else’s is told by its type, not by its words', () => {
    const foreign = new ForeignObjectError('it is of another', undefined);
    expect(findApiProblem(foreign, 'Service')?.reason).toBe('ForeignObject');
    const conflict = refusedWith(409, 'it belongs to another');
    expect(findApiProblem(conflict, 'Service')).toBeUndefined();
  });

  test('for now is no problem of the spec', () => {
    expect(findApiProblem(refusedWith(500, 'etcd is away'), 'Service')).toBeUndefined();
    expect(findApiProblem(new Error('cut'), 'Service')).toBeUndefined();
  });
});

describe('stages', () => {
  const stages = (): Stages => ({ context: kube.context, object: owner, failures: [] });
  const metadata = (name: string) => ({
    name,
    namespace: 'shop',
    labels: { 'app.kubernetes.io/managed-by': 'gantry-operator' },
  });
  const configMap = (name: string) => {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name) };
  };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: metadata('a') };

  test('go on after one that failed, and fail at the end', async () => {
    kube.refusal = { plural: 'services', error: refusedWith(500, 'etcd is away') };
    const all = stages();
    expect((await applyAll(all, [service, configMap('b')])).problems).toEqual([]);
    expect(kube.find(resources.configMaps, 'b')).toBeDefined();
    expect(() => throwFailure(all)).toThrow('etcd is away');
  });

  test.each([
    ['for now', 500, []],
    ['for good', 403, [{ reason: 'Forbidden' }]],
  ])('tell a workload nothing while its file is refused %s', async (_how, status, problems) => {
    const mounting = (file: string) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata(`with-${file}`),
      spec: { template: { spec: { volumes: [{ configMap: { name: file } }] } } },
    });
    const { statefulSets } = resources;
    const all = [mounting('a'), mounting('elsewhere'), configMap('a'), service];
    kube.refusal = { plural: 'configmaps', error: refusedWith(status, 'not now') };
    expect(await applyAll(stages(), all)).toMatchObject({ problems, changed: ['with-elsewhere'] });
    expect(kube.find(statefulSets, 'with-a')).toBeUndefined();
    expect(kube.find(resources.services, 'a')).toBeDefined();
    kube.refusal = { plural: 'services', error: refusedWith(500, 'not now') };
    const changed = { ...service, metadata: { ...service.metadata, annotations: { b: 'c' } } };
    const again = await applyAll(stages(), [...all.slice(0, 3), changed]);
    expect(again.changed).toEqual(['with-a']);
  });

  test('wait for what a former object of the same name has left', async () => {
    const former = { ...owner, metadata: { ...owner.metadata, uid: 'former' } };
    await applyAll({ ...stages(), object: former }, [configMap('b')]);
    const all = stages();
    expect((await applyAll(all, [configMap('b')])).problems).toEqual([]);
    expect(() => throwFailure(all)).toThrow('it belongs to BrokerSet "it"');
    const other = kube.put({
      apiVersion: 'v1',
      kind: 'BrokerSet',
      metadata: { name: 'x' },
    } as never);
    const { problems } = await applyAll({ ...stages(), object: other as never }, [configMap('b')]);
    expect(problems).toMatchObject([{ reason: 'ForeignObject' }]);
  });

  test('leave alone what nobody of ours has made, though it is in no cache', async () => {
    const made = kube.put<KubeObject>({ ...configMap('b'), metadata: { name: 'b' }, data: {} });
    const blind = { of: () => ({ find: () => undefined }) as never };
    const all = { ...stages(), context: { ...kube.context, caches: blind } };
    expect((await applyAll(all, [configMap('b')])).problems).toEqual([
      {
        reason: 'ForeignObject',
        message:
          'Cannot make ConfigMap "b": it exists and belongs to nobody: remove it, or choose another name',
      },
    ]);
    expect(kube.find(resources.configMaps, 'b')).toEqual(made);
  });

  test('let a bug through: nothing goes on after one', async () => {
    const bug = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'unlabelled' } };
    await expect(applyAll(stages(), [bug])).rejects.toThrow(AssertionError);
    const act = () => Promise.reject(new AssertionError('Expected more'));
    await expect(actAll(stages(), [{ kind: 'A' }], act)).rejects.toThrow(AssertionError);
  });

  test('say which action failed, and keep the results of the others', async () => {
    const all = stages();
    const results = await actAll(all, [{ kind: 'A' }, { kind: 'B' }], ({ kind }) =>
      kind === 'A' ? Promise.reject(new Error('no answer')) : Promise.resolve(kind),
    );
    expect(results).toEqual(['B']);
    expect(kube.events).toEqual(['ReconcileFailed: A failed: no answer']);
    expect(() => throwFailure(stages())).not.toThrow();
  });
});

describe('a pod', () => {
  const key = { namespace: 'shop', name: 'a-0' };
  const put = (status: string): LivePod =>
    kube.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a-0' },
      spec: { nodeName: 'node1' },
      status: { conditions: [{ type: 'Ready', status }] },
    } as never);

  test('is removed only while it is the one that was seen, as it was seen', async () => {
    const { uid } = put('True').metadata;
    expect(await removePod(kube.context, { key, uid: 'another', isReady: true })).toBe(false);
    expect(await removePod(kube.context, { key, uid, isReady: false })).toBe(false);
    expect(await removePod(kube.context, { key, uid, isReady: true })).toBe(true);
    expect(await removePod(kube.context, { key, uid, isReady: true })).toBe(false);
  });

  test('belongs to its owner too before its set is deleted around it', async () => {
    const pods = [podFacts(put('True'))];
    const set = kube.put({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'a' } });
    const { uid } = set.metadata;
    await orphanStatefulSet(kube.context, owner, { key: { ...key, name: 'a' }, uid, pods });
    expect(kube.find(resources.statefulSets, 'a')).toBeUndefined();
    expect(kube.find(resources.pods, 'a-0')?.metadata.ownerReferences).toMatchObject([
      { uid: owner.metadata.uid },
    ]);
  });

  test('is lost only with a node that surely does not run it', async () => {
    const broken = podFacts(put('False'));
    expect(await nodeState(kube.context, podFacts(put('True')))).toBe('Unknown');
    expect(await nodeState(kube.context, broken)).toBe('Gone');
    const clientOf = (answer: () => Promise<unknown>) => {
      return { client: { ...kube.context.client, find: answer as never } };
    };
    const node = (...keys: string[]) =>
      clientOf(() => Promise.resolve({ spec: { taints: keys.map((one) => ({ key: one })) } }));
    expect(await nodeState(node(), broken)).toBe('Present');
    const out = node('node.kubernetes.io/out-of-service');
    expect(await nodeState(out, broken)).toBe('OutOfService');
    const silent = 'node.kubernetes.io/unreachable';
    expect(await nodeState(node(silent), broken)).toBe('Unreachable');
    expect(await nodeState(node(silent, 'node.kubernetes.io/out-of-service'), broken)).toBe(
      'OutOfService',
    );
    const cutOff = { ...broken, isCutOff: true };
    expect(await nodeState(node(), cutOff)).toBe('Unreachable');
    const forbidden = clientOf(() => Promise.reject(refusedWith(403, 'no right')));
    expect(await nodeState(forbidden, broken)).toBe('Unknown');
    expect(await nodeState(forbidden, cutOff)).toBe('Unreachable');
    const broke = clientOf(() => Promise.reject(refusedWith(500, 'etcd is away')));
    await expect(nodeState(broke, broken)).rejects.toThrow('etcd is away');
  });
});

test('whether volumes grow is unknown where the class may not be looked at', async () => {
  const clientOf = (answer: () => Promise<unknown>) => {
    return { client: { ...kube.context.client, find: answer as never } };
  };
  const of = (answer: unknown) => clientOf(() => Promise.resolve(answer));
  expect(await findExpandable(kube.context, undefined)).toBeUndefined();
  expect(await findExpandable(of({ allowVolumeExpansion: true }), 'fast')).toBe(true);
  expect(await findExpandable(of({}), 'fast')).toBe(false);
  const forbidden = clientOf(() => Promise.reject(refusedWith(403, 'no right')));
  expect(await findExpandable(forbidden, 'fast')).toBeUndefined();
  const broken = clientOf(() => Promise.reject(refusedWith(500, 'etcd is away')));
  await expect(findExpandable(broken, 'fast')).rejects.toThrow('etcd is away');
});

test('a claim that waits for a class that does not exist says so, where that can be told', async () => {
  const of = (answer: () => Promise<unknown>) => {
    return { client: { ...kube.context.client, find: answer as never } };
  };
  const named = (phase: string) =>
    claimFacts({ ...owner, spec: { storageClassName: 'fast' }, status: { phase } });
  const missing = of(() => Promise.resolve(undefined));
  expect((await withClass(missing, named('Pending'))).isClassMissing).toBe(true);
  expect((await withClass(missing, named('Bound'))).isClassMissing).toBeUndefined();
  const there = of(() => Promise.resolve({}));
  expect((await withClass(there, named('Pending'))).isClassMissing).toBe(false);
  const forbidden = of(() => Promise.reject(refusedWith(403, 'no right')));
  expect((await withClass(forbidden, named('Pending'))).isClassMissing).toBe(false);
});

test('a change of a condition is said once, and a gate when it begins to hold', () => {
  const at = { lastTransitionTime: '2026-01-01T00:00:00Z' };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'AllReady',
    message: 'all',
    ...at,
  } as const;
  const work = {
    type: 'Reconciling',
    status: 'True',
    reason: 'RollingUpdate',
    message: 'held by NotPaused (x)',
    ...at,
  } as const;
  const gates = [{ gate: 'NotPaused', message: 'x' } as const];
  const after = { conditions: [ready, work], gates: ['NotPaused'] };
  const change = { after, gates, skipped: ['LastPodSettled'] };
  reportChanges(kube.context, owner, { ...change, before: undefined });
  const first = [...kube.events];
  expect(first).toEqual([
    'Ready: all',
    'GateHeld: NotPaused: x',
    'GateSkipped: LastPodSettled is passed, as the annotation says',
  ]);
  reportChanges(kube.context, owner, { ...change, skipped: [], before: change.after });
  expect(kube.events).toEqual(first);
});

test('a spec that cannot be used leaves what is known of the rest', () => {
  const at = { lastTransitionTime: '2026-01-01T00:00:00Z' };
  const volumes = {
    type: 'VolumesReady',
    status: 'True',
    reason: 'Bound',
    message: '',
    ...at,
  } as const;
  const unusable = { reason: 'InvalidSpec', message: 'spec.x: no', problems: [] } as const;
  const before = { ...owner, status: { conditions: [volumes], readyGroups: 2 } };
  expect(unusableStatus(before, unusable, 0)).toMatchObject({
    phase: 'Failed',
    readyGroups: 2,
    conditions: [{ type: 'Ready', status: 'False' }, { type: 'Stalled' }, { type: 'VolumesReady' }],
  });
});
