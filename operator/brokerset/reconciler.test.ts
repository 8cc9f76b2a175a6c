import { beforeEach, describe, expect, test } from 'vitest';
import { KubeContext } from '../../test/fakes/kube-context.ts';
import { playSet } from '../../test/fakes/played-sets.ts';
import type { RoutedBroker, Settings } from '../access/mod.ts';
import { API_VERSION } from '../api/metadata.ts';
import type { BrokerSetStatus } from '../api/status/broker-set.ts';
import { KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { exampleKeys } from './fixtures/observed.ts';
import { brokerSetReconciler } from './reconciler.ts';

const reconciler = brokerSetReconciler(exampleKeys);

let settings: Record<string, string>;
let refusedKey: string | undefined;
let routed: RoutedBroker[];
let kube: KubeContext;

const access = {
  brokerFacts: (address: string) =>
    Promise.resolve({
      brokerName: address.startsWith('10.0.0.1') ? 'it-0' : 'unknown',
      clusterName: 'it',
      brokerId: 0,
      version: 'V5',
      offsetMin: 0,
      offsetMax: 0,
      isWritable: true,
      diskUsed: undefined,
      bootTimestamp: 0,
    }),
  brokerConfig: () => Promise.resolve(settings),
  updateBrokerConfig: (_address: string, changes: Settings) => {
    if (refusedKey !== undefined && refusedKey in changes) {
      return Promise.resolve({ refused: `${refusedKey} is not liked` });
    }
    settings = { ...settings, ...changes };
    return Promise.resolve('done' as const);
  },
  routedBrokers: () => Promise.resolve(routed),
};

const putSet = (spec: object = {}): void => {
  kube.put({
    apiVersion: API_VERSION,
    kind: 'BrokerSet',
    metadata: { name: 'it' },
    spec: { nameServers: { addresses: ['ns:9876'] }, groups: 1, replicas: 1, ...spec },
  } as never);
};

/** As somebody changes its metadata. */
const mark = (metadata: object): void => {
  const object = kube.find<KubeObject>(resources.brokerSets, 'it');
  kube.put({ ...object, metadata: { name: 'it', ...metadata } } as never);
};

const look = async (): Promise<BrokerSetStatus> => {
  const object = kube.find(resources.brokerSets, 'it');
  await reconciler.reconcile(object as never, kube.context);
  return kube.find<KubeObject & { status: BrokerSetStatus }>(resources.brokerSets, 'it')
    ?.status as BrokerSetStatus;
};

const serve = async (): Promise<BrokerSetStatus> => {
  await look();
  playSet(kube, 'it-0');
  await look();
  await look();
  playSet(kube, 'it-0');
  return look();
};

const conditionOf = ({ conditions = [] }: BrokerSetStatus, type: string) =>
  conditions.find((condition) => condition.type === type);

beforeEach(() => {
  kube = new KubeContext(access);
  settings = { brokerPermission: '6', traceOn: 'true' };
  refusedKey = undefined;
  routed = [{ brokerName: 'it-0', clusterName: 'it', addresses: new Map([[0, '10.0.0.1:10911']]) }];
});

describe('a broker set', () => {
  test('is ready once its broker answers and is routed, and then nothing more is written', async () => {
    putSet();
    const first = await look();
    expect(first.phase).toBe('Creating');
    const status = await serve();
    expect(status).toMatchObject({
      phase: 'Ready',
      readyGroups: 1,
      volumeFloor: '20Gi',
      masters: 'it-0-0',
    });
    expect(conditionOf(status, 'ConfigApplied')?.status).toBe('True');
    expect(kube.events).toContain('Ready: 1 of 1 groups take messages');
    const before = kube.writes.length;
    await look();
    expect(kube.writes.slice(before)).toEqual([]);
  });

  test('knows its broker by the name of its pod: labels may be copied', async () => {
    putSet();
    await look();
    const names = { 'gantrymq.io/broker-group': 'it-0', 'gantrymq.io/broker-set': 'it' };
    kube.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a-copy', labels: { ...names, 'controller-revision-hash': 'old' } },
      status: { podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
    } as never);
    expect((await look()).masters).toBeUndefined();
    const status = await serve();
    expect(status.masters).toBe('it-0-0');
    expect(conditionOf(status, 'Reconciling')?.status).not.toBe('True');
    expect(
      kube.writes.filter((write) => write.includes('pods') && write.includes('a-copy')),
    ).toEqual([]);
  });

  test('that asks for what is not there yet is stalled with the reason, and touches nothing', async () => {
    putSet({ replicas: 3 });
    const status = await look();
    expect(conditionOf(status, 'Stalled')?.reason).toBe('NotImplemented');
    expect(kube.writes).toEqual(['status brokersets shop/it']);
  });

  test('says which quota is in its way', async () => {
    putSet();
    const message = 'statefulsets.apps "it-0" is forbidden: exceeded quota: small';
    const error = new KubeError(message, { status: 403, reason: 'Forbidden' });
    kube.refusal = { plural: 'statefulsets', error };
    const status = await look();
    expect(conditionOf(status, 'Stalled')).toMatchObject({ reason: 'QuotaExceeded', message });
  });

  test('says why Kubernetes cannot make its pod, until it could', async () => {
    putSet();
    await look();
    const { uid } = kube.find(resources.statefulSets, 'it-0')?.metadata ?? { uid: '' };
    const note = 'create Claim data-it-0-0 failed error: forbidden: exceeded quota: small';
    const putEvent = (name: string, reason: string, second: number): void => {
      kube.put({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name },
        reason,
        note,
        regarding: { uid },
        deprecatedLastTimestamp: `2026-01-01T00:00:0${second}Z`,
      } as never);
    };
    putEvent('a', 'FailedCreate', 1);
    const status = await look();
    expect(conditionOf(status, 'Stalled')).toMatchObject({
      reason: 'QuotaExceeded',
      message: note,
    });
    expect(conditionOf(status, 'Ready')?.message).toBe(`it-0 has no pod: ${note}`);
    putEvent('b', 'SuccessfulCreate', 2);
    expect(conditionOf(await look(), 'Stalled')).toBeUndefined();
  });

  test('tries again what may pass, after it has said how things are', async () => {
    putSet();
    kube.refusal = {
      plural: 'configmaps',
      error: new KubeError('no answer', { status: 0, reason: 'Timeout' }),
    };
    await expect(look()).rejects.toThrow('no answer');
    expect(kube.writes).toContain('status brokersets shop/it');
    expect(kube.find(resources.services, 'it-0')).toBeDefined();
    expect(kube.find(resources.statefulSets, 'it-0'), 'without its file').toBeUndefined();
    kube.refusal = undefined;
    await look();
    expect(kube.find(resources.statefulSets, 'it-0')).toBeDefined();
  });

  test('tells a running broker its settings, and what it refuses stands in the status', async () => {
    putSet();
    await serve();
    putSet({ config: { traceOn: 'false', fileReservedTimeX: '1' } });
    refusedKey = 'traceOn';
    settings['diskMaxUsedSpaceRatio'] = '1';
    const status = await look();
    expect(conditionOf(status, 'Stalled')).toMatchObject({
      reason: 'InvalidConfig',
      message: expect.stringContaining('config.traceOn: traceOn is not liked'),
    });
    expect(settings).toMatchObject({ traceOn: 'true', diskMaxUsedSpaceRatio: '75' });
  });

  test('never calls a generation done before its pods are known to be of it', async () => {
    putSet();
    await serve();
    putSet({ config: { threads: '8' } });
    const told = await look();
    expect(told.observedGeneration).toBe(2);
    expect(conditionOf(told, 'Reconciling')).toMatchObject({
      reason: 'Applying',
      message: 'StatefulSet it-0 was told something new',
    });
    const unseen = await look();
    expect(conditionOf(unseen, 'Reconciling')?.message).toContain('newest template of it-0');
    playSet(kube, 'it-0');
    expect(conditionOf(await look(), 'Reconciling')?.reason).toBe('RollingUpdate');
  });

  test('is under way while its objects could not be told', async () => {
    putSet();
    await serve();
    kube.refusal = {
      plural: 'statefulsets',
      error: new KubeError('no answer', { status: 0, reason: 'Timeout' }),
    };
    putSet({ config: { threads: '8' } });
    await expect(look()).rejects.toThrow('no answer');
    const { status } = kube.find(resources.brokerSets, 'it') as { status: BrokerSetStatus };
    expect(conditionOf(status, 'Reconciling')?.message).toContain('no answer');
  });

  test('is under way until its pods are marked as told', async () => {
    putSet();
    await serve();
    putSet({ config: { traceOn: 'false' } });
    expect(conditionOf(await look(), 'Reconciling')?.reason).toBe('ApplyingConfig');
    expect(conditionOf(await look(), 'Reconciling')?.reason).toBe('ApplyingConfig');
    playSet(kube, 'it-0');
    expect(conditionOf(await look(), 'Reconciling')).toBeUndefined();
  });

  test('is looked at every few seconds until name servers lead to it', async () => {
    putSet();
    await serve();
    routed = [];
    const object = kube.find(resources.brokerSets, 'it');
    const { requeueAfterMs } = await reconciler.reconcile(object as never, kube.context);
    const { status } = kube.find(resources.brokerSets, 'it') as { status: BrokerSetStatus };
    expect(conditionOf(status, 'Ready')?.reason).toBe('NotRouted');
    expect(requeueAfterMs).toBe(5000);
  });

  test('replaces an outdated pod, by its uid, after it has said that clients will wait', async () => {
    putSet();
    await serve();
    const pod = kube.find(resources.pods, 'it-0-0');
    putSet({ config: { threads: '8' } });
    await look();
    playSet(kube, 'it-0');
    const announced = await look();
    expect(conditionOf(announced, 'AvailabilityRisk')?.status).toBe('True');
    expect(kube.find(resources.pods, 'it-0-0')?.metadata.uid).toBe(pod?.metadata.uid);
    const rolled = await look();
    expect(kube.find(resources.pods, 'it-0-0')).toBeUndefined();
    expect(rolled.groupStatus?.[0]?.operation).toMatchObject({ kind: 'Roll', pod: 'it-0-0' });
    const budget = kube.find(resources.disruptionBudgets, 'it-0');
    expect(budget?.spec).toMatchObject({ maxUnavailable: 0 });
  });

  test('grows its claims, then makes its set anew around its pods', async () => {
    putSet();
    await serve();
    const set = kube.find(resources.statefulSets, 'it-0');
    putSet({ storage: { size: '40Gi' } });
    await look();
    expect(kube.find(resources.claims, 'data-it-0-0')?.spec).toMatchObject({
      resources: { requests: { storage: '40Gi' } },
    });
    const noted = await look();
    expect(noted.groupStatus?.[0]?.pendingRecreate).toEqual({ uid: set?.metadata.uid });
    await look();
    expect(kube.find(resources.statefulSets, 'it-0')).toBeUndefined();
    expect(kube.find(resources.pods, 'it-0-0')).toBeDefined();
    await look();
    expect(kube.find(resources.statefulSets, 'it-0')?.metadata.uid).not.toBe(set?.metadata.uid);
  });

  test('changes nothing while it is paused, or on its way out', async () => {
    putSet();
    mark({ annotations: { 'gantrymq.io/paused': 'true' } });
    const status = await look();
    expect(conditionOf(status, 'Paused')?.reason).toBe('ByAnnotation');
    expect(kube.writes).toEqual(['status brokersets shop/it']);
    mark({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    await look();
    expect(kube.writes).toHaveLength(1);
  });
});
