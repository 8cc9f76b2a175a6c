import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokerProperties } from '../../config/broker-properties.ts';
import type { WriteAccess } from '../../config/write-access.ts';
import { exampleClaim, exampleStatefulSet, NOW_MS } from '../../workload/fixtures/facts.ts';
import { exampleGroup, exampleSet } from '../fixtures/observed.ts';
import type { ObservedGroup, OtherGroup } from '../observed.ts';
import { planScaling } from './plan.ts';

const { spec } = exampleSet();
const plan = (...groups: ObservedGroup[]) =>
  planScaling({ groups, neighbours: [], spec, clusterName: 'it', nowMs: NOW_MS });

const fileOf = (index: number, access: WriteAccess) =>
  brokerProperties(exampleSet(), { group: `it-${index}`, nameServers: ['ns-0:9876'], access });

const absent = { set: undefined, pod: undefined, file: undefined, claims: [], answers: undefined };
const emptied = { isWanted: false, topics: [], contents: [] };

const drain = (index: number, step: string, sinceMs = NOW_MS - 3_600_000) => ({
  was: {
    index,
    name: `it-${index}`,
    members: [],
    drain: { step, since: new Date(sinceMs).toISOString(), blockers: [] },
  },
});

describe('a group that comes', () => {
  test('opens at once when it is the first, for there is nothing to be given', () => {
    const { access } = plan(exampleGroup(0, absent), exampleGroup(1, absent));
    expect([...access.values()]).toEqual(['Open', 'Open']);
  });

  test('is closed beside others, and given their topics once its broker answers', () => {
    const others = [exampleGroup(0), exampleGroup(1)] as const;
    expect(plan(...others, exampleGroup(2, absent)).access.get('it-2')).toBe('Closed');

    const starting = exampleGroup(2, { file: fileOf(2, 'Closed'), answers: undefined });
    expect(plan(...others, starting)).toMatchObject({ copy: undefined });

    const answering = exampleGroup(2, { file: fileOf(2, 'Closed') });
    expect(plan(...others, answering).copy).toEqual({
      kind: 'CopyMetadata',
      from: 'it-0',
      to: 'it-2',
      exceptTopics: [],
      thenOpen: true,
    });
  });

  test('waits while no other answers, and opens when there is no other', () => {
    const closed = exampleGroup(2, { file: fileOf(2, 'Closed') });
    const silent = plan(exampleGroup(0, { answers: undefined }), closed);
    expect(silent.copy).toBeUndefined();
    expect(silent.access.get('it-2')).toBe('Closed');
    expect(plan(closed).access.get('it-2')).toBe('Open');
  });

  test('stays open although its file is lost: the set proves that it was', () => {
    const without = exampleGroup(1, { file: undefined });
    expect(plan(exampleGroup(0), without).access.get('it-1')).toBe('Open');
  });
});

describe('a group that goes', () => {
  const rest = exampleGroup(0, { topics: [] });
  const stopping = {
    ...emptied,
    file: fileOf(1, 'ReadOnly'),
    settings: { brokerPermission: '4' },
    ...drain(1, 'Stopping'),
  };

  test('stays while it holds a message that somebody may want', () => {
    const queue = { queueId: 0, offsetMin: 0, offsetMax: 3, consumerOffsets: new Map([['g', 1]]) };
    const contents = [{ topic: 'orders', kind: 'user' as const, queues: [queue] }];
    const { blocked, access, disruptive } = plan(rest, exampleGroup(1, { ...emptied, contents }));
    expect(blocked).toEqual({
      reason: 'NotEmpty',
      message: 'it-1 stays: 2 messages of "orders": group g has not read them',
    });
    expect(access.get('it-1')).toBe('Open');
    expect(disruptive).toBeUndefined();
  });

  test('stays when nobody can say what it holds: unknown is not empty', () => {
    const silent = exampleGroup(1, { ...emptied, contents: undefined });
    expect(plan(rest, silent).blocked?.reason).toBe('Unknown');
  });

  test('stays when no other takes messages', () => {
    expect(plan(exampleGroup(1, emptied)).blocked?.reason).toBe('LastGroup');
    const closed = exampleGroup(0, { file: fileOf(0, 'Closed') });
    expect(plan(closed, exampleGroup(1, emptied)).blocked?.reason).toBe('LastGroup');
  });

  test('stays while nobody can say which topics would be left without it', () => {
    const unasked = exampleGroup(0, { topics: undefined });
    expect(plan(unasked, exampleGroup(1, emptied)).blocked?.reason).toBe('Unknown');
  });

  test('stays while its set is suspended: its broker does not run to be asked', () => {
    const situation = {
      groups: [rest, exampleGroup(1, emptied)],
      neighbours: [],
      clusterName: 'it',
      nowMs: NOW_MS,
    };
    const { blocked } = planScaling({ ...situation, spec: { ...spec, suspend: true } });
    expect(blocked?.message).toContain('suspended');
  });

  test('stays with an ordered topic, whose queues cannot move', () => {
    const topic = { topic: 'o', readQueues: 1, writeQueues: 1, perm: 6, attributes: {} };
    const fifo = { ...topic, order: false, attributes: { 'message.type': 'FIFO' } };
    for (const one of [{ ...topic, order: true }, fifo]) {
      const { blocked } = plan(rest, exampleGroup(1, { ...emptied, topics: [one] }));
      expect(blocked?.reason).toBe('NotEmpty');
    }
  });

  test('gives the topics that it alone has to another one before', () => {
    const topic = (name: string) => {
      return { topic: name, readQueues: 1, writeQueues: 1, perm: 6, order: false, attributes: {} };
    };
    const other = exampleGroup(0, { topics: [topic('a')] });
    const { copy } = plan(other, exampleGroup(1, { ...emptied, topics: [topic('a'), topic('b')] }));
    expect(copy).toMatchObject({ from: 'it-1', to: 'it-0', exceptTopics: ['a'], thenOpen: false });
  });

  test('is closed for writing first, and waits from when its broker says so', () => {
    const open = plan(rest, exampleGroup(1, emptied));
    expect(open.access.get('it-1')).toBe('ReadOnly');
    expect(open.drains.get('it-1')).toMatchObject({ step: 'WriteClosed', sinceMs: NOW_MS });

    const untold = { ...emptied, file: fileOf(1, 'ReadOnly'), ...drain(1, 'WriteClosed') };
    expect(plan(rest, exampleGroup(1, untold)).drains.get('it-1')).toMatchObject({
      step: 'WriteClosed',
      sinceMs: NOW_MS,
    });

    const told = { ...untold, settings: { brokerPermission: '4' } };
    const settled = plan(rest, exampleGroup(1, told));
    expect(settled.drains.get('it-1')?.step).toBe('Stopping');
    expect(settled.disruptive).toBeUndefined();
  });

  test('is stopped, seen to be off all routes, its claim marked, and then removed', () => {
    expect(plan(rest, exampleGroup(1, stopping)).disruptive).toEqual({
      kind: 'StopGroup',
      group: 'it-1',
    });

    const set = exampleStatefulSet('it-1', { replicas: 0 });
    const stopped = { ...stopping, set, pod: undefined };
    expect(plan(rest, exampleGroup(1, stopped)).disruptive).toBeUndefined();
    const silent = { ...stopped, routes: { asked: 2, answered: 1, leading: 0 } };
    expect(plan(rest, exampleGroup(1, silent)).disruptive).toBeUndefined();

    const unrouted = { ...stopped, routes: { asked: 2, answered: 2, leading: 0 } };
    expect(plan(rest, exampleGroup(1, unrouted))).toMatchObject({
      disruptive: undefined,
      mark: { kind: 'MarkDrained', group: 'it-1' },
    });

    const held = exampleClaim('it-1', { drainedAt: 'then', owners: [set.uid] });
    expect(plan(rest, exampleGroup(1, { ...unrouted, claims: [held] })).disruptive).toBeUndefined();
    const marked = exampleClaim('it-1', { drainedAt: 'then' });
    expect(plan(rest, exampleGroup(1, { ...unrouted, claims: [marked] })).disruptive).toEqual({
      kind: 'RemoveGroup',
      group: 'it-1',
    });
  });

  test('is not stopped when it turns out to hold a message after all: it empties again', () => {
    const queue = { queueId: 0, offsetMin: 0, offsetMax: 1, consumerOffsets: new Map([['g', 0]]) };
    const contents = [{ topic: 'orders', kind: 'user' as const, queues: [queue] }];
    for (const facts of [{ contents }, { contents: undefined }]) {
      const { disruptive, drains, access } = plan(rest, exampleGroup(1, { ...stopping, ...facts }));
      expect(disruptive).toBeUndefined();
      expect(drains.get('it-1')).toMatchObject({ step: 'Emptying', sinceMs: NOW_MS });
      expect(access.get('it-1')).toBe('ReadOnly');
    }
  });

  test('is not stopped while its broker takes writes: it is closed, and settles, again', () => {
    for (const settings of [{ brokerPermission: '6' }, undefined]) {
      const { disruptive, drains, access } = plan(rest, exampleGroup(1, { ...stopping, settings }));
      expect(disruptive).toBeUndefined();
      expect(drains.get('it-1')).toMatchObject({ step: 'WriteClosed', sinceMs: NOW_MS });
      expect(access.get('it-1')).toBe('ReadOnly');
    }
  });

  test('is stopped as noted when its broker answers no more, or was never open', () => {
    const silent = { ...stopping, answers: undefined, contents: undefined, settings: undefined };
    const closed = { ...stopping, contents: undefined, file: fileOf(1, 'Closed') };
    for (const [facts, access] of [
      [silent, 'ReadOnly'],
      [closed, 'Closed'],
    ] as const) {
      const found = plan(rest, exampleGroup(1, facts));
      expect(found.disruptive).toEqual({ kind: 'StopGroup', group: 'it-1' });
      expect(found.access.get('it-1')).toBe(access);
    }
  });

  test.each(['Emptying', 'WriteClosed', 'Stopping'])(
    'stays closed for writing when its file is lost: %s',
    (step) => {
      const lost = { ...stopping, file: undefined, ...drain(1, step) };
      const stopped = { ...lost, set: exampleStatefulSet('it-1', { replicas: 0 }), pod: undefined };
      for (const facts of [lost, { ...lost, contents: undefined }, stopped]) {
        expect(plan(rest, exampleGroup(1, facts)).access.get('it-1')).toBe('ReadOnly');
      }
    },
  );

  test('goes unasked when nobody was ever led to it', () => {
    const closed = exampleGroup(1, { isWanted: false, file: fileOf(1, 'Closed'), pod: undefined });
    expect(plan(rest, closed)).toMatchObject({ blocked: undefined });
    expect(plan(rest, closed).drains.get('it-1')?.step).toBe('Stopping');
  });

  test('opens again when it is to stay after all', () => {
    const back = exampleGroup(1, { file: fileOf(1, 'ReadOnly'), ...drain(1, 'WriteClosed') });
    const { access, drains } = plan(rest, back);
    expect(access.get('it-1')).toBe('Open');
    expect(drains.size).toBe(0);
  });

  test('goes alone: the highest first, the others wait', () => {
    const { drains } = plan(rest, exampleGroup(1, emptied), exampleGroup(2, emptied));
    expect(drains.get('it-1')?.step).toBe('Waiting');
    expect(drains.get('it-2')?.step).toBe('WriteClosed');
  });
});

describe('the last group of a set that goes', () => {
  const topic = (name: string) => {
    return { topic: name, readQueues: 1, writeQueues: 1, perm: 6, order: false, attributes: {} };
  };
  const neighbour = (set: string, index: number, topics: readonly string[] | undefined) => ({
    set,
    name: `${set}-${index}`,
    address: `10.0.1.${index}:10911`,
    takesMessages: true,
    topics: topics?.map(topic),
  });
  const beside = (...neighbours: OtherGroup[]) => {
    const victim = exampleGroup(0, { ...emptied, topics: [topic('a'), topic('b')] });
    return planScaling({ groups: [victim], neighbours, spec, clusterName: 'it', nowMs: NOW_MS });
  };

  test('goes when another set of the cluster takes messages', () => {
    const plan = beside(neighbour('more', 0, ['a', 'b']));
    expect(plan.blocked).toBeUndefined();
    expect(plan.access.get('it-0')).toBe('ReadOnly');
  });

  test.each([
    ['takes none', { takesMessages: false }, 'LastGroup'],
    ['cannot say which topics it has', { topics: undefined }, 'Unknown'],
  ])('stays when the other %s', (_what, facts, reason) => {
    expect(beside({ ...neighbour('more', 0, ['a', 'b']), ...facts }).blocked?.reason).toBe(reason);
  });

  test('gives what it alone has to all groups of one other set', () => {
    const all = [neighbour('more', 0, ['a']), neighbour('more', 1, ['a', 'b'])] as const;
    expect(beside(...all).copy).toMatchObject({ from: 'it-0', to: 'more-0', exceptTopics: ['a'] });
    const given = neighbour('more', 0, ['a', 'b']);
    expect(beside(given, all[1]).copy).toBeUndefined();
  });

  test('leaves a topic where somebody put it, on one of the other sets', () => {
    const { copy } = beside(neighbour('more', 0, []), neighbour('rest', 0, ['a']));
    expect(copy).toMatchObject({ to: 'more-0', exceptTopics: ['a'] });
    expect(beside(neighbour('more', 0, ['b']), neighbour('rest', 0, ['a'])).copy).toBeUndefined();
  });
});

const anyGroup = fc.record({
  isWanted: fc.boolean(),
  access: fc.constantFrom<WriteAccess>('Open', 'ReadOnly', 'Closed'),
  answers: fc.constantFrom(true, undefined),
  isEmpty: fc.constantFrom(true, false, undefined),
  step: fc.constantFrom(undefined, 'Checking', 'WriteClosed', 'Stopping'),
  isTold: fc.boolean(),
  replicas: fc.constantFrom(0, 1),
});

const anyGroups = fc.array(anyGroup, { minLength: 1, maxLength: 5 }).map((rows) =>
  rows.map((row, index) => {
    const queue = { queueId: 0, offsetMin: 0, offsetMax: 1, consumerOffsets: new Map() };
    const full = [{ topic: 't', kind: 'user' as const, queues: [queue] }];
    return exampleGroup(index, {
      isWanted: row.isWanted,
      file: fileOf(index, row.access),
      answers: row.answers,
      set: exampleStatefulSet(`it-${index}`, { replicas: row.replicas }),
      settings: { brokerPermission: row.isTold ? '4' : '6' },
      topics: [],
      contents: row.isEmpty === undefined ? undefined : row.isEmpty ? [] : full,
      ...(row.step !== undefined && drain(index, row.step)),
    });
  }),
);

describe('whatever is observed', () => {
  test('a group with messages, or of which nobody knows, is never sent on its way', () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        const { disruptive, drains } = plan(...groups);
        const unsafe = groups.filter(
          ({ contents, file, was, set, answers }) =>
            contents?.length !== 0 &&
            file?.['brokerPermission'] !== '0' &&
            (was?.drain?.step !== 'Stopping' || (set?.replicas !== 0 && answers === true)),
        );
        for (const { name } of unsafe) {
          expect(disruptive?.group).not.toBe(name);
          expect(drains.get(name)?.step).not.toBe('Stopping');
        }
      }),
    );
  });

  test('no group that is wanted is stopped or closed, but one that was never open', () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        const { disruptive, access } = plan(...groups);
        for (const { name, isWanted, file } of groups) {
          if (!isWanted) continue;
          expect(disruptive?.group).not.toBe(name);
          expect(access.get(name) === 'Open' || file?.['brokerPermission'] === '0').toBe(true);
        }
      }),
    );
  });

  test('a group that is to go has a step, a reason why not, or another one before it', () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        const { drains, waiting } = plan(...groups);
        for (const { name, isWanted } of groups) {
          expect(drains.has(name)).toBe(!isWanted);
        }
        expect(waiting.length > 0 || drains.size === 0).toBe(true);
      }),
    );
  });
});
