import { describe, expect, test } from 'vitest';
import { claimFacts } from './claim-facts.ts';
import { plainTemplates } from './claim-templates.ts';
import { parseDurationMs } from './duration.ts';
import { listedNames, skippedGates } from './gates.ts';
import { commonVersion, type LivePod, podFacts } from './pod-facts.ts';
import { setFacts } from './set-facts.ts';

const META = {
  name: 'a-0',
  namespace: 'mq',
  uid: 'uid',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

const pod = (status: LivePod['status'], metadata: object = {}): LivePod => {
  const shape = { apiVersion: 'v1', kind: 'Pod', metadata: { ...META, ...metadata } };
  return status === undefined ? shape : { ...shape, status };
};

const waiting = (reason: string, message?: string) =>
  pod({ containerStatuses: [{ state: { waiting: { reason, ...(message && { message }) } } }] });

describe('a pod', () => {
  test('is ready since when Kubernetes says so, and not while it is going', () => {
    const lastTransitionTime = '2026-01-01T00:01:00Z';
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];
    expect(podFacts(pod({ conditions }))).toMatchObject({
      isReady: true,
      readinessSinceMs: Date.parse(lastTransitionTime),
    });
    const deletionTimestamp = '2026-01-01T00:02:00Z';
    expect(podFacts(pod({ conditions }, { deletionTimestamp }))).toMatchObject({
      isReady: false,
      isGoing: true,
      goneByMs: Date.parse(deletionTimestamp),
    });
  });

  test.each([
    ['nobody knows of it', true, { status: 'Unknown' }, 'True'],
    [
      'its node is said to be silent',
      true,
      { status: 'False', reason: 'NodeStatusUnknown' },
      'True',
    ],
    ['only its readiness was taken back', true, { status: 'False' }, 'True'],
    ['its kubelet says why it is not ready', false, { status: 'False', reason: 'X' }, 'True'],
    ['its containers are not ready either', false, { status: 'False' }, 'False'],
    ['it is ready', false, { status: 'True' }, 'True'],
  ])('of which %s: cut off is %s', (_, isCutOff, ready, containers) => {
    const conditions = [
      { type: 'Ready', ...ready },
      { type: 'ContainersReady', status: containers },
    ];
    expect(podFacts(pod({ conditions })).isCutOff).toBe(isCutOff);
  });

  test.each([
    ['ImagePullBackOff', 'ImagePull'],
    ['InvalidImageName', 'ImagePull'],
    ['CrashLoopBackOff', 'CrashLoop'],
    ['CreateContainerConfigError', 'NotStarting'],
  ])('that waits because of %s has the trouble %s', (reason, trouble) => {
    expect(podFacts(waiting(reason)).trouble?.reason).toBe(trouble);
  });

  test('that is only starting has no trouble', () => {
    expect(podFacts(waiting('ContainerCreating')).trouble).toBeUndefined();
    expect(podFacts(pod(undefined)).trouble).toBeUndefined();
  });

  test('that ended again and again says how its container ended', () => {
    const terminated = { exitCode: 78, reason: 'Error', message: 'no such option\n' };
    const status = { containerStatuses: [{ restartCount: 3, lastState: { terminated } }] };
    expect(podFacts(pod(status)).trouble).toEqual({
      reason: 'CrashLoop',
      message: 'its container ended with exit code 78 (Error): no such option',
    });
  });

  test('whose store belongs to another broker says so at its first end, and until it serves', () => {
    const terminated = { exitCode: 8, reason: 'Error', message: 'the store belongs to "b"' };
    for (const status of [{ state: { terminated } }, { lastState: { terminated }, state: {} }]) {
      expect(podFacts(pod({ containerStatuses: [status] })).trouble).toEqual({
        reason: 'IdentityMismatch',
        message: 'its container ended with exit code 8 (Error): the store belongs to "b"',
      });
    }
  });

  test('that no node takes, or that was evicted, says so', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', message: 'no room' }];
    expect(podFacts(pod({ conditions })).trouble).toEqual({
      reason: 'Unschedulable',
      message: 'no room',
    });
    const evicted = pod({ phase: 'Failed', reason: 'Evicted', message: 'disk pressure' });
    expect(podFacts(evicted).trouble?.reason).toBe('Evicted');
  });

  test('shares a version with others only when all run it', () => {
    const of = (version: string) =>
      podFacts(pod(undefined, { labels: { 'app.kubernetes.io/version': version } }));
    expect(commonVersion([of('1.0.0'), of('1.0.0')])).toBe('1.0.0');
    expect(commonVersion([of('1.0.0'), of('1.1.0')])).toBeUndefined();
  });
});

describe('a StatefulSet', () => {
  const live = (generation: number, observedGeneration: number) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...META, generation },
    spec: { template: { spec: { containers: [] } } },
    status: { observedGeneration, updateRevision: 'r' },
  });

  test('has no update revision until Kubernetes has seen its newest template', () => {
    expect(setFacts(live(2, 1)).updateRevision).toBeUndefined();
    expect(setFacts(live(2, 2)).updateRevision).toBe('r');
  });

  test('keeps its claim templates as they were applied', () => {
    const set = setFacts({
      ...live(1, 1),
      spec: {
        ...live(1, 1).spec,
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['RWO'], volumeMode: 'Filesystem' } },
        ],
      },
    });
    expect(plainTemplates(set)).toEqual([
      { metadata: { name: 'data' }, spec: { accessModes: ['RWO'] } },
    ]);
    expect(plainTemplates({ ...set, isGoing: true })).toBeUndefined();
  });
});

describe('a claim', () => {
  const claim = (status: object) =>
    claimFacts({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...META, annotations: { 'gantrymq.io/owner': 'me' } },
      spec: { resources: { requests: { storage: '2Gi' } } },
      status,
    });

  test('says whose data it holds, what it asks for and what it has', () => {
    expect(claim({ phase: 'Bound', capacity: { storage: '1Gi' } })).toMatchObject({
      owner: 'me',
      phase: 'Bound',
      requestedBytes: 2 ** 31,
      capacityBytes: 2 ** 30,
      failure: undefined,
    });
  });

  test('that cannot grow says why, by its condition or its resize status', () => {
    const conditions = [{ type: 'ControllerResizeError', status: 'True', message: 'no disks' }];
    expect(claim({ conditions }).failure).toBe('no disks');
    const allocatedResourceStatuses = { storage: 'NodeResizeInfeasible' };
    expect(claim({ allocatedResourceStatuses }).failure).toBe('NodeResizeInfeasible');
  });
});

test('durations are read as manifests write them', () => {
  expect(['0', '500ms', '30s', '1h30m'].map(parseDurationMs)).toEqual([0, 500, 30_000, 5_400_000]);
});

test('only gates that exist can be skipped', () => {
  const annotations = { 'gantrymq.io/skip-gates': 'LastPodSettled, Nonsense' };
  expect([...skippedGates(annotations)]).toEqual(['LastPodSettled']);
  expect(skippedGates(undefined).size).toBe(0);
  expect(listedNames('a, b')).toEqual(new Set(['a', 'b']));
});
