import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exampleClaim,
  examplePod,
  exampleStatefulSet,
  NOW_MS,
} from '../workload/fixtures/facts.ts';
import {
  exampleGroup,
  exampleObserved,
  exampleSet,
  exampleKeys as keys,
} from './fixtures/observed.ts';
import type { ObservedGroup } from './observed.ts';
import { plan as planOf } from './plan.ts';

const announced = {
  type: 'AvailabilityRisk',
  status: 'True',
  reason: 'SingleReplica',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
} as const;

const outdated = (index: number) => ({ pod: examplePod(`it-${index}`, { revision: 'old' }) });

describe('what is planned', () => {
  test('nothing for a set that is as it should be', () => {
    const { settingsHashes } = planOf(exampleObserved([exampleGroup(0)]), keys);
    const configApplied = settingsHashes.get('it-0');
    const group = exampleGroup(0, { pod: examplePod('it-0', { configApplied }) });
    const plan = planOf(exampleObserved([group]), keys);
    expect(plan.quiet).toEqual([]);
    expect(plan.disruptive).toBeUndefined();
    expect(plan.groups).toMatchObject([{ name: 'it-0', replicas: 1, isEvictable: true }]);
  });

  test('a pod is replaced only after the status has said that clients will wait', () => {
    const groups = [exampleGroup(0, outdated(0)), exampleGroup(1, outdated(1))];
    expect(planOf(exampleObserved(groups), keys).disruptive).toBeUndefined();
    const after = planOf(exampleObserved(groups, { conditions: [announced] }), keys);
    expect(after.disruptive).toMatchObject({ kind: 'DeletePod', pod: 'it-0-0' });
    expect(after.groups.map(({ isEvictable }) => isEvictable)).toEqual([false, true]);
  });

  test('a set is made anew only after the status has noted which', () => {
    const set = exampleStatefulSet('it-0');
    const claims = [exampleClaim('it-0', { requestedBytes: 40 * 2 ** 30 })];
    const brokerSet = exampleSet({ groups: 1, storage: { size: '40Gi' } });
    const group = exampleGroup(0, { set, claims });
    const first = planOf(exampleObserved([group], { brokerSet }), keys);
    expect(first.volumes.recreate.get('it-0')).toBe(set.uid);
    expect(first.disruptive).toBeUndefined();
    const was = { index: 0, name: 'it-0', members: [], pendingRecreate: { uid: set.uid } };
    const noted = exampleGroup(0, { set, claims, was });
    expect(planOf(exampleObserved([noted], { brokerSet }), keys).disruptive).toEqual({
      kind: 'OrphanStatefulSet',
      set: 'it-0',
      uid: set.uid,
    });
  });

  test('the claim templates of a set that is there are left as they are, of a new one not', () => {
    const brokerSet = exampleSet({ groups: 2, storage: { size: '40Gi' } });
    const groups = [exampleGroup(0), exampleGroup(1, { set: undefined })];
    const [present, absent] = planOf(exampleObserved(groups, { brokerSet }), keys).groups;
    expect(present?.claimTemplates?.[0]?.spec['resources']).toEqual({
      requests: { storage: '20Gi' },
    });
    expect(absent?.claimTemplates).toBeUndefined();
  });

  test('a broker is told what differs, keys that were taken out go back to their default', () => {
    const settings = { brokerPermission: '6', traceOn: 'false', threads: '9' };
    const { quiet } = planOf(exampleObserved([exampleGroup(0, { settings })]), keys);
    expect(quiet).toEqual([
      {
        kind: 'TellSettings',
        unit: 'it-0',
        isRepair: false,
        address: '10.0.0.1:10911',
        changes: { traceOn: 'true' },
      },
    ]);
  });

  test('a broker with an IPv6 address is told too', () => {
    const settings = { brokerPermission: '6', traceOn: 'false' };
    const pod = examplePod('it-0', { ip: 'fd00::7' });
    const { quiet } = planOf(exampleObserved([exampleGroup(0, { pod, settings })]), keys);
    expect(quiet).toMatchObject([{ kind: 'TellSettings', address: '[fd00::7]:10911' }]);
  });

  test('keys that the annotation names are left to somebody else', () => {
    const unmanaged = { 'gantrymq.io/unmanaged-config': 'other, traceOn' };
    const brokerSet = exampleSet({ groups: 1 }, unmanaged);
    const settings = { brokerPermission: '6', traceOn: 'false' };
    const { quiet } = planOf(exampleObserved([exampleGroup(0, { settings })], { brokerSet }), keys);
    expect(quiet.filter(({ kind }) => kind === 'TellSettings')).toEqual([]);
  });

  test('a key that is refused keeps its value, and is named with the reason', () => {
    const brokerSet = exampleSet({ groups: 1, config: { threads: '0', traceOn: 'false' } });
    const { file } = exampleGroup(0);
    const group = exampleGroup(0, { file: { ...file, threads: '8' } });
    const plan = planOf(exampleObserved([group], { brokerSet }), keys);
    expect([...plan.refusedKeys]).toEqual([
      ['threads', 'threads is "0", expected a whole number, 1 to 64'],
    ]);
    expect(plan.groups[0]?.properties).toMatchObject({ threads: '8', traceOn: 'false' });
  });

  test('a set without its name server keeps the ones it had, and gets no new group', () => {
    const groups = [exampleGroup(0), exampleGroup(1, { set: undefined, file: undefined })];
    const plan = planOf(exampleObserved(groups, { nameServers: undefined }), keys);
    expect(plan.groups.map(({ name, properties }) => [name, properties['namesrvAddr']])).toEqual([
      ['it-0', 'ns-0:9876'],
    ]);
  });

  test('a group of which something belongs to somebody else is not touched', () => {
    const foreign = { reason: 'IdentityMismatch', message: 'not ours' } as const;
    const groups = [exampleGroup(0), exampleGroup(1, { foreign, ...outdated(1) })];
    const plan = planOf(exampleObserved(groups, { conditions: [announced] }), keys);
    expect(plan.groups.map(({ name }) => name)).toEqual(['it-0']);
    expect(plan.disruptive).toBeUndefined();
  });

  test('a suspended set keeps all but its pods', () => {
    const brokerSet = exampleSet({ groups: 2, suspend: true });
    const groups = [exampleGroup(0, outdated(0)), exampleGroup(1)];
    const plan = planOf(exampleObserved(groups, { brokerSet, conditions: [announced] }), keys);
    expect(plan.groups.map(({ replicas }) => replicas)).toEqual([0, 0]);
    expect(plan.disruptive).toBeUndefined();
  });

  test('a pod of a node that is gone is freed, unless the spec says not to', () => {
    const pod = examplePod('it-0', { isReady: false, isGoing: true });
    const group = exampleGroup(0, { pod, node: 'Gone' });
    const plan = planOf(exampleObserved([group]), keys);
    expect(plan.disruptive).toMatchObject({ kind: 'ForceDeletePod', pod: 'it-0-0' });
    const brokerSet = exampleSet({
      groups: 1,
      recovery: { forceDeletePodsOfDeletedNodes: false },
    });
    expect(planOf(exampleObserved([group], { brokerSet }), keys).disruptive).toBeUndefined();
    const unknown = exampleGroup(0, { pod, node: 'Unknown' });
    expect(planOf(exampleObserved([unknown]), keys).disruptive).toBeUndefined();
  });

  test('nor is one freed of a group that belongs to somebody else', () => {
    const foreign = { reason: 'ForeignObject', message: 'not ours' } as const;
    const lost = {
      pod: examplePod('it-0', { isReady: false, isGoing: true }),
      node: 'Gone',
    } as const;
    const groups = [exampleGroup(0, { ...lost, foreign }), exampleGroup(1)];
    expect(planOf(exampleObserved(groups), keys).disruptive).toBeUndefined();
  });

  test('an outdated pod of a node that is cut off stays, and the gate says so', () => {
    const pod = examplePod('it-0', { isReady: false, revision: 'old' });
    const groups = [exampleGroup(0, { pod, node: 'Unreachable' })];
    const { disruptive, roll } = planOf(exampleObserved(groups), keys);
    expect(disruptive).toBeUndefined();
    expect(roll.gates.map(({ gate }) => gate)).toEqual(['NodeReachable']);
  });

  test('a claim without a mark is marked, and one that was drained is in use again', () => {
    const claims = [exampleClaim('it-0', { owner: undefined })];
    const drained = [exampleClaim('it-1', { drainedAt: 'then' })];
    const groups = [exampleGroup(0, { claims }), exampleGroup(1, { claims: drained })];
    const marks = planOf(exampleObserved(groups), keys).quiet.filter(
      ({ kind }) => kind === 'MarkClaim',
    );
    expect(marks).toMatchObject([
      { claim: 'data-it-0-0', owner: 'BrokerSet/mq/it/it-0/it' },
      { claim: 'data-it-1-0', owner: 'BrokerSet/mq/it/it-1/it' },
    ]);
  });
});

const GiB = 2 ** 30;

const anyGroup = fc.record({
  isWanted: fc.constantFrom(true, true, false),
  hasSet: fc.constantFrom(true, true, false),
  replicas: fc.constantFrom(0, 1, 1),
  pod: fc.constantFrom('ready', 'broken', 'going', 'missing'),
  revision: fc.constantFrom('old', 'new'),
  ageMs: fc.constantFrom(0, 40_000, 3_600_000),
  updateRevision: fc.constantFrom('new', 'new', undefined),
  sizeGi: fc.constantFrom(20, 40),
  permission: fc.constantFrom(undefined, '4', '0'),
  shown: fc.constantFrom(undefined, '4', '6'),
  answers: fc.constantFrom(true, undefined),
  step: fc.constantFrom(undefined, 'WriteClosed', 'Stopping'),
  isNoted: fc.boolean(),
  isEmpty: fc.boolean(),
  node: fc.constantFrom('Unknown', 'Present', 'Unreachable', 'Gone', 'OutOfService'),
  leading: fc.constantFrom(0, 1),
});

type Row = typeof anyGroup extends fc.Arbitrary<infer T> ? T : never;

function groupOf(row: Row, index: number): ObservedGroup {
  const name = `it-${index}`;
  const set = exampleStatefulSet(name, {
    replicas: row.replicas,
    updateRevision: row.updateRevision,
  });
  const pod = examplePod(name, {
    isReady: row.pod === 'ready',
    isGoing: row.pod === 'going',
    revision: row.revision,
    readinessSinceMs: NOW_MS - row.ageMs,
  });
  const { file } = exampleGroup(index);
  const since = new Date(NOW_MS - 3_600_000).toISOString();
  return exampleGroup(index, {
    isWanted: row.isWanted,
    set: row.hasSet ? set : undefined,
    pod: row.pod === 'missing' ? undefined : pod,
    claims: [exampleClaim(name, { requestedBytes: row.sizeGi * GiB })],
    file: row.permission === undefined ? file : { ...file, brokerPermission: row.permission },
    settings: row.shown === undefined ? undefined : { brokerPermission: row.shown },
    answers: row.answers,
    node: row.node,
    routes: { asked: 1, answered: 1, leading: row.leading },
    topics: [],
    contents: row.isEmpty ? [] : undefined,
    was: {
      index,
      name,
      phase: 'Ready',
      members: [],
      ...(row.isNoted && { pendingRecreate: { uid: set.uid } }),
      ...(row.step !== undefined && { drain: { step: row.step, since, blockers: [] } }),
    },
  });
}

const anyObserved = fc
  .record({
    groups: fc.array(anyGroup, { minLength: 1, maxLength: 5 }).map((rows) => rows.map(groupOf)),
    isAnnounced: fc.boolean(),
    isPaused: fc.boolean(),
    suspend: fc.boolean(),
    size: fc.constantFrom('20Gi', '40Gi'),
  })
  .map(({ groups, isAnnounced, isPaused, suspend, size }) =>
    exampleObserved(groups, {
      conditions: isAnnounced ? [announced] : [],
      brokerSet: exampleSet(
        { groups: groups.length, suspend, storage: { size } },
        isPaused ? { 'gantrymq.io/paused': 'true' } : {},
      ),
    }),
  );

describe('whatever is observed', () => {
  test('no wanted group loses its pod but by the one disruptive action, or because it is suspended', () => {
    fc.assert(
      fc.property(anyObserved, (observed) => {
        const { groups, disruptive } = planOf(observed, keys);
        const stopped = groups.filter(({ name, replicas }) => {
          const before = observed.groups.find((group) => group.name === name)?.set?.replicas;
          return replicas === 0 && before !== 0;
        });
        fc.pre(!observed.brokerSet.spec.suspend);
        const taken = disruptive?.kind === 'StopGroup' ? [disruptive.group] : [];
        expect(stopped.map(({ name }) => name)).toEqual(stopped.length === 0 ? [] : taken);
      }),
    );
  });

  test('nothing is done while it is paused', () => {
    fc.assert(
      fc.property(anyObserved, (observed) => {
        const { isPaused, quiet, disruptive } = planOf(observed, keys);
        fc.pre(isPaused);
        expect([quiet, disruptive]).toEqual([[], undefined]);
      }),
    );
  });

  test('a serving pod is taken only from what is outdated or empty', () => {
    fc.assert(
      fc.property(anyObserved, (observed) => {
        const { disruptive } = planOf(observed, keys);
        const unit =
          disruptive?.kind === 'DeletePod' || disruptive?.kind === 'ForceDeletePod'
            ? observed.groups.find(({ name }) => name === disruptive.unit)
            : undefined;
        fc.pre(disruptive !== undefined && unit?.pod !== undefined);
        const { isReady, revision } = unit.pod;
        const isOutdated = revision !== unit.set?.updateRevision;
        expect(disruptive.kind === 'ForceDeletePod' ? !isReady : isOutdated).toBe(true);
      }),
    );
  });

  test('what differs from the newest revision is on its way, or waits for a gate or to be said', () => {
    fc.assert(
      fc.property(anyObserved, (observed) => {
        const { roll, disruptive, isPaused } = planOf(observed, keys);
        fc.pre(!isPaused && roll.outdated.length > 0);
        const isAnnounced = observed.conditions.length > 0;
        expect(disruptive ?? roll.gates[0] ?? !isAnnounced).toBeTruthy();
      }),
    );
  });
});
