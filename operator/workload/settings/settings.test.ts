import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { flag, integer, text } from '../../../config/mod.ts';
import { KubeContext } from '../../../test/fakes/kube-context.ts';
import type { Settings } from '../../access/mod.ts';
import { keyTable } from '../../config/key-table.ts';
import { type KubeObject, resources } from '../../kube/mod.ts';
import { examplePod } from '../fixtures/facts.ts';
import { markPod, tellSettings } from './act.ts';
import { configCondition } from './condition.ts';
import { judgeProperties } from './judgement.ts';
import { hashSettings, planTelling } from './telling.ts';

const live = { live: true, doc: '' };
const keys = keyTable({
  role: 'broker',
  options: {
    traceOn: flag({ fallback: true, ...live }),
    hours: integer({ fallback: 72, min: 1, max: 100, ...live }),
    name: text({ fallback: '', doc: '' }),
  },
  elsewhere: { ignored: [], refused: {} },
});
const options = { keys, unmanaged: new Set<string>() };

const unit = (shown: Settings, facts: Partial<ReturnType<typeof examplePod>> = {}) => {
  const pod = examplePod('it-0', facts);
  return { name: 'it-0', pod, address: '10.0.0.1:1', shown, role: pod.roleLabel };
};

describe('what a process is told', () => {
  test('is all that it shows otherwise, and nothing that it does not show', () => {
    const anySettings = fc.record(
      { traceOn: fc.constantFrom('true', 'false'), hours: fc.nat(99).map((n) => `${n + 1}`) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anySettings, anySettings, (properties, shown: Settings) => {
        const wanted = keys.liveSettings(properties);
        const [told] = planTelling(unit(shown), properties, options).actions;
        const changes = told?.kind === 'TellSettings' ? told.changes : {};
        expect({ ...shown, ...changes }).toEqual(
          Object.fromEntries(Object.keys(shown).map((key) => [key, wanted[key]])),
        );
        expect(Object.keys(changes).every((key) => shown[key] !== wanted[key])).toBe(true);
      }),
    );
  });

  test('is noted on its pod once it shows all of it; what was changed since is a repair', () => {
    const properties = { hours: '5' };
    const hash = hashSettings(properties, options);
    expect(planTelling(unit({ hours: '5' }), properties, options)).toEqual({
      hash,
      actions: [
        {
          kind: 'MarkPod',
          pod: 'it-0-0',
          uid: 'uid-of-it-0-0',
          role: 'master',
          configApplied: hash,
        },
      ],
    });
    const marked = { configApplied: hash };
    expect(planTelling(unit({ hours: '5' }, marked), properties, options).actions).toEqual([]);
    expect(planTelling(unit({ hours: '6' }, marked), properties, options).actions).toMatchObject([
      { kind: 'TellSettings', isRepair: true },
    ]);
  });

  test('leaves alone what somebody else manages', () => {
    const unmanaged = new Set(['hours']);
    const { actions } = planTelling(unit({ hours: '6' }), { hours: '5' }, { keys, unmanaged });
    expect(actions.map(({ kind }) => kind)).toEqual(['MarkPod']);
  });
});

describe('telling a process', () => {
  let kube: KubeContext;
  let owner: KubeObject;
  let shown: Record<string, string>;
  beforeEach(() => {
    kube = new KubeContext();
    owner = kube.put({ apiVersion: 'v1', kind: 'BrokerSet', metadata: { name: 'it' } } as never);
    shown = { hours: '72', traceOn: 'true' };
  });
  const process = (refusedKey?: string) => ({
    show: () => Promise.resolve(shown),
    update: (changes: Settings) => {
      if (refusedKey !== undefined && refusedKey in changes) {
        return Promise.resolve({ refused: 'no' });
      }
      Object.assign(shown, changes);
      return Promise.resolve('done' as const);
    },
  });
  const told = {
    kind: 'TellSettings',
    unit: 'it-0',
    address: '',
    changes: { hours: '5', traceOn: 'false' },
    isRepair: false,
  } as const;

  test('is reported when it shows what it was told', async () => {
    expect(await tellSettings(kube.context, owner, told, process())).toEqual(new Map());
    expect(kube.events).toEqual(['ConfigApplied: it-0 was told hours=5, traceOn=false']);
    await tellSettings(kube.context, owner, { ...told, isRepair: true }, process());
    expect(kube.events[1]).toContain('ConfigRepaired');
  });

  test('with one value that it refuses gives it the others', async () => {
    const refused = await tellSettings(kube.context, owner, told, process('hours'));
    expect(refused).toEqual(new Map([['hours', 'no']]));
    expect(shown).toEqual({ hours: '72', traceOn: 'false' });
    expect(kube.events).toEqual([
      'ConfigApplied: it-0 was told traceOn=false',
      'ConfigRefused: it-0 refuses hours: no',
    ]);
  });

  test('that does not answer is not reported', async () => {
    const silent = {
      show: () => Promise.resolve(undefined),
      update: () => Promise.resolve(undefined),
    };
    expect(await tellSettings(kube.context, owner, told, silent)).toEqual(new Map());
    expect(kube.events).toEqual([]);
  });

  test('is noted on the pod that was seen, and no other', async () => {
    const pod = kube.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'it-0-0' } });
    const { uid } = pod.metadata;
    const mark = { kind: 'MarkPod', pod: 'it-0-0', role: 'master', configApplied: 'h' } as const;
    await markPod(kube.context, owner, { ...mark, uid });
    expect(kube.find(resources.pods, 'it-0-0')?.metadata).toMatchObject({
      labels: { 'gantrymq.io/role': 'master' },
      annotations: { 'gantrymq.io/config-applied': 'h' },
    });
    await expect(markPod(kube.context, owner, { ...mark, uid: 'x' })).rejects.toThrow('another');
  });
});

describe('a file', () => {
  test('never has what its role would refuse; a key that was right stays as it was', () => {
    const judged = judgeProperties({ hours: '500', traceOn: 'false' }, { hours: '5' }, keys);
    expect(judged.properties).toEqual({ hours: '5', traceOn: 'false' });
    expect([...judged.refused.keys()]).toEqual(['hours']);
    expect(judgeProperties({ hours: '500' }, undefined, keys).properties).toEqual({});
  });
});

test('what is refused is said before what waits, and what is unknown before what is to come', () => {
  const nothing = { refused: [], outdated: [], silent: [], missing: [] };
  const reasonOf = (findings: Partial<typeof nothing>) =>
    configCondition({ ...nothing, ...findings } as never).reason;
  const all = { refused: ['a'], outdated: ['a'], silent: ['a'], missing: ['a'] } as never;
  expect(reasonOf(all)).toBe('Refused');
  expect(reasonOf({ ...(all as object), refused: [] })).toBe('WaitingForRestart');
  expect(reasonOf({ silent: ['a'], missing: ['a'] } as never)).toBe('Unknown');
  expect(reasonOf({ missing: ['a'] } as never)).toBe('Applying');
  expect(reasonOf({})).toBe('Applied');
});
