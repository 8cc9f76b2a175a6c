import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BrokerView, Observed } from './observed.ts';
import { planEntity } from './plan.ts';

interface Settings {
  readonly queues: number;
}

const wishes = {
  settingsFor: () => ({ queues: 8 }),
  differences: (wanted: Settings, is: Settings) =>
    wanted.queues === is.queues ? [] : [`queues is ${is.queues}, wanted ${wanted.queues}`],
};

const broker = (group: string, found: BrokerView<Settings>['found']): BrokerView<Settings> => ({
  group,
  address: `${group}:10911`,
  found,
});

const observed: Observed<Settings> = {
  cluster: { state: 'there', shown: 'shop/orders' },
  isManaged: true,
  mayAdopt: false,
  isClaimed: true,
  wasSynced: true,
  hasFinalizer: false,
  wantsFinalizer: false,
  isNamespaceTerminating: false,
  missingSets: [],
  brokers: [broker('a', { queues: 8 }), broker('b', { queues: 8 })],
};

const plan = (changes: Partial<Observed<Settings>> = {}) =>
  planEntity({ ...observed, ...changes }, wishes);
const kinds = (changes: Partial<Observed<Settings>>) =>
  plan(changes).actions.map(({ kind }) => kind);
const conditionOf = (changes: Partial<Observed<Settings>>, type: string) =>
  plan(changes).conditions.find((condition) => condition.type === type);

describe('an object that stays', () => {
  test('is synced without an action when every broker has it as the spec says', () => {
    expect(plan()).toMatchObject({ actions: [], isSynced: true, phase: 'Ready' });
    expect(plan().requeueAfterMs).toBe(300_000);
  });

  test('is claimed before the first broker is told, once', () => {
    const brokers = [broker('a', 'none'), broker('b', 'none')];
    expect(kinds({ brokers, isClaimed: false })).toEqual(['Claim', 'Put', 'Put']);
    expect(kinds({ brokers })).toEqual(['Put', 'Put']);
  });

  test('that exists with the same settings is adopted silently', () => {
    expect(plan({ isClaimed: false }).actions).toEqual([{ kind: 'Claim', isAdoption: true }]);
  });

  test('that exists with other settings is not touched, unless somebody says so', () => {
    const brokers = [broker('a', { queues: 4 }), broker('b', 'none')];
    const conflict = { brokers, isClaimed: false };
    expect(kinds(conflict)).toEqual([]);
    expect(conditionOf(conflict, 'Stalled')).toMatchObject({
      reason: 'Conflict',
      message: expect.stringContaining('a with other settings (queues is 4, wanted 8)'),
    });
    expect(kinds({ ...conflict, mayAdopt: true })).toEqual(['Claim', 'Put', 'Put']);
  });

  test('is repaired when a broker has it otherwise; the reason is told apart', () => {
    const brokers = [broker('a', { queues: 4 }), broker('b', 'none')];
    expect(plan({ brokers }).actions).toMatchObject([
      { kind: 'Put', group: 'a', why: 'drift', differences: ['queues is 4, wanted 8'] },
      { kind: 'Put', group: 'b', why: 'create' },
    ]);
    expect(plan({ brokers, wasSynced: false }).actions[0]).toMatchObject({ why: 'change' });
  });

  test('has its finalizer before the first broker is told, and only while it wants one', () => {
    const brokers = [broker('a', 'none')];
    expect(kinds({ brokers, isClaimed: false, wantsFinalizer: true })).toEqual([
      'AddFinalizer',
      'Claim',
      'Put',
    ]);
    expect(kinds({ hasFinalizer: true })).toEqual(['DropFinalizer']);
  });

  test('is not ready while a broker does not answer; the others are told', () => {
    const silent = broker('b', undefined);
    expect(conditionOf({ brokers: [broker('a', { queues: 8 }), silent] }, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'BrokersUnreachable',
      message: 'no answer from b',
    });
    expect(kinds({ brokers: [broker('a', 'none'), silent] })).toEqual(['Put']);
  });

  test.each([
    [{ cluster: { state: 'notAllowed', shown: 'x/y' } }, 'NamespaceNotAllowed'],
    [{ elder: 'shop/first' }, 'Duplicate'],
    [{ unusable: { reason: 'NotImplemented', message: 'later' } }, 'NotImplemented'],
  ] as const)('is stalled and nothing is done: %j', (changes, reason) => {
    const brokers = [broker('a', 'none')];
    expect(kinds({ ...changes, brokers })).toEqual([]);
    expect(conditionOf({ ...changes, brokers }, 'Stalled')).toMatchObject({ reason });
  });

  test.each([
    [{ cluster: { state: 'missing', shown: 'x/y' } }, 'ClusterNotFound', 'x/y does not exist'],
    [{ cluster: { state: 'deleting', shown: 'x/y' } }, 'ClusterNotReady', 'is being deleted'],
    [{ brokers: [] }, 'ClusterNotReady', 'has no broker group that serves yet'],
    [{ brokers: [], missingSets: ['other'] }, 'ClusterNotReady', 'serves yet in broker set other'],
    [{ isManaged: false }, 'Unmanaged', 'gantrymq.io/managed'],
  ] as const)('waits: %j', (changes, reason, message) => {
    expect(kinds(changes)).toEqual([]);
    expect(conditionOf(changes, 'Ready')).toMatchObject({
      reason,
      message: expect.stringContaining(message),
    });
  });
});

describe('an object that goes', () => {
  const going = { deletedForMs: 1000, hasFinalizer: true, wantsFinalizer: true };

  test('is removed from every broker, then from the routes, then let go', () => {
    expect(kinds(going)).toEqual(['Remove', 'Remove']);
    const brokers = [broker('a', 'none'), broker('b', 'none')];
    expect(plan({ ...going, brokers }).actions).toMatchObject([
      { kind: 'Forget' },
      { kind: 'DropFinalizer', event: 'Removed' },
    ]);
  });

  test.each([
    [{ wantsFinalizer: false }, 'deletionPolicy is not Delete'],
    [{ cluster: { state: 'missing', shown: 'x/y' } }, 'x/y is gone'],
    [{ cluster: { state: 'deleting', shown: 'x/y' } }, 'x/y is being deleted'],
    [{ elder: 'shop/first' }, 'it belongs to shop/first'],
    [{ isManaged: false }, 'not managed'],
    [{ isClaimed: false }, 'never told'],
    [{ unusable: { reason: 'InvalidSpec', message: 'x' } }, 'cannot be used'],
  ] as const)('stays on the brokers: %j', (changes, why) => {
    expect(plan({ ...going, ...changes }).actions).toEqual([
      { kind: 'DropFinalizer', event: 'Released', why: expect.stringContaining(why) },
    ]);
  });

  test('waits for brokers that do not answer, unless the namespace goes for long', () => {
    const brokers = [broker('a', undefined), broker('b', { queues: 8 })];
    expect(kinds({ ...going, brokers })).toEqual(['Remove']);
    const long = { ...going, brokers, deletedForMs: 300_001 };
    expect(kinds(long)).toEqual(['Remove']);
    expect(kinds({ ...long, isNamespaceTerminating: true })).toEqual(['DropFinalizer']);
    expect(kinds({ ...going, brokers, isNamespaceTerminating: true })).toEqual(['Remove']);
  });

  test('is not called removed when the cluster shows no broker at all', () => {
    expect(kinds({ ...going, brokers: [] })).toEqual([]);
  });

  test('is left alone without our finalizer', () => {
    expect(plan({ ...going, hasFinalizer: false })).toMatchObject({ actions: [], conditions: [] });
  });
});

const found = fc.oneof(
  fc.constant(undefined),
  fc.constant('none' as const),
  fc.record({ queues: fc.constantFrom(4, 8) }),
);

const anything: fc.Arbitrary<Observed<Settings>> = fc.record({
  cluster: fc.record({
    state: fc.constantFrom('missing', 'notAllowed', 'deleting', 'there', 'there', 'there'),
    shown: fc.constant('shop/orders'),
  }),
  elder: fc.option(fc.constant('shop/first'), { nil: undefined, freq: 8 }),
  isManaged: fc.boolean(),
  mayAdopt: fc.boolean(),
  isClaimed: fc.boolean(),
  wasSynced: fc.boolean(),
  hasFinalizer: fc.boolean(),
  wantsFinalizer: fc.boolean(),
  deletedForMs: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
  isNamespaceTerminating: fc.boolean(),
  missingSets: fc.subarray(['main', 'other']),
  brokers: fc
    .array(found, { maxLength: 4 })
    .map((list) => list.map((one, index) => broker(`g${index}`, one))),
});

describe('whatever is seen', () => {
  test('no broker that does not answer is told, and none is told for nothing', () => {
    const idleActions = (seen: Observed<Settings>) => {
      const wasFound = (group: string) =>
        seen.brokers.find((view) => view.group === group)?.found ?? 'silent';
      return plan(seen).actions.filter((action) => {
        if (action.kind === 'Remove') return typeof wasFound(action.group) !== 'object';
        if (action.kind !== 'Put') return false;
        const was = wasFound(action.group);
        return was === 'silent' || (was !== 'none' && was.queues === action.settings.queues);
      });
    };
    fc.assert(
      fc.property(anything, (seen) => {
        expect(idleActions(seen)).toEqual([]);
      }),
    );
  });

  test('brokers are told only by an object that has claimed', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const actions = kinds(seen);
        const put = actions.indexOf('Put');
        const claim = seen.isClaimed ? -1 : actions.indexOf('Claim');
        expect(put < 0 || seen.isClaimed || (claim >= 0 && claim < put)).toBe(true);
      }),
    );
  });

  test('brokers lose it only by an object that had claimed it, and was to take it along', () => {
    fc.assert(
      fc.property(anything, (seen) => {
        const may = seen.isClaimed && seen.wantsFinalizer && seen.isManaged;
        expect(may || !kinds(seen).includes('Remove')).toBe(true);
      }),
    );
  });

  test('what the plan does leads to a state that asks for nothing more', () => {
    fc.assert(
      fc.property(anything, (first) => {
        let seen = first;
        for (let round = 0; round < 4; round++) seen = after(seen);
        expect(kinds(seen)).toEqual([]);
      }),
    );
  });
});

/** The world once the actions of a plan are done. */
function after(seen: Observed<Settings>): Observed<Settings> {
  let next = seen;
  for (const action of plan(seen).actions) {
    if (action.kind === 'AddFinalizer') next = { ...next, hasFinalizer: true };
    if (action.kind === 'DropFinalizer') next = { ...next, hasFinalizer: false };
    if (action.kind === 'Claim') next = { ...next, isClaimed: true };
    if (action.kind !== 'Put' && action.kind !== 'Remove') continue;
    const became = action.kind === 'Put' ? action.settings : ('none' as const);
    const brokers = next.brokers.map((view) =>
      view.group === action.group ? { ...view, found: became } : view,
    );
    next = { ...next, brokers };
  }
  return next;
}
