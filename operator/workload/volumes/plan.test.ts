import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StorageSpec } from '../../api/blocks/storage.ts';
import type { ClaimFacts } from '../claim-facts.ts';
import { exampleClaim, exampleStatefulSet, NOW_MS } from '../fixtures/facts.ts';
import { planVolumes, showBytes, type VolumeOwner } from './plan.ts';

const GiB = 2 ** 30;
const storageOf = (size: string): StorageSpec => ({
  size,
  migrate: false,
  accessModes: ['ReadWriteOnce'],
  retention: { whenDeleted: 'Retain', whenScaled: 'Retain' },
});
const options = (size: string) => {
  return { storage: storageOf(size), nowMs: NOW_MS, isExpandable: true } as const;
};

const owner = (name: string, ...claims: Partial<ClaimFacts>[]): VolumeOwner => ({
  name,
  set: exampleStatefulSet(name),
  claims: claims.map((facts) => exampleClaim(name, facts)),
  dataOwner: `BrokerSet/mq/it/${name}/it`,
});

const sized = (requested: number, capacity = requested) => {
  return { requestedBytes: requested * GiB, capacityBytes: capacity * GiB };
};

describe('claims', () => {
  test('that are large enough are left alone', () => {
    const plan = planVolumes([owner('a', sized(20)), owner('b', sized(30))], options('20Gi'));
    expect(plan).toMatchObject({ change: undefined, problems: [], floorBytes: 20 * GiB });
    expect(plan.recreate.size).toBe(0);
  });

  test('grow a set at a time', () => {
    const first = planVolumes([owner('a', sized(20)), owner('b', sized(20))], options('40Gi'));
    expect(first.change).toMatchObject({
      claim: 'data-a-0',
      spec: { resources: { requests: { storage: '40Gi' } } },
    });
    const next = planVolumes([owner('a', sized(40, 20)), owner('b', sized(20))], options('40Gi'));
    expect(next.change).toBeUndefined();
    expect(next.problems).toMatchObject([{ reason: 'Expanding' }]);
  });

  test('of a class that does not let them grow are not asked to, and it is said', () => {
    const plan = planVolumes([owner('a', sized(20))], { ...options('40Gi'), isExpandable: false });
    expect(plan.change).toBeUndefined();
    expect(plan.problems).toMatchObject([{ reason: 'NotExpandable' }]);
  });

  test('that failed to grow do not hold up the others, and may be given up', () => {
    const failed = { ...sized(40, 20), failure: 'out of disks' };
    const others = planVolumes([owner('a', failed), owner('b', sized(20))], options('40Gi'));
    expect(others.change?.claim).toBe('data-b-0');
    expect(others.problems).toMatchObject([{ reason: 'ExpansionFailed' }]);
    const back = planVolumes([owner('a', failed)], options('20Gi'));
    expect(back.change?.spec).toEqual({
      resources: { requests: { storage: String(20 * GiB + 1) } },
    });
  });

  test('make their set anew once all of them are large enough', () => {
    expect(planVolumes([owner('a', sized(40, 20))], options('40Gi')).recreate.get('a')).toBe(
      'uid-of-a',
    );
    const some = planVolumes([owner('a', sized(40), sized(20))], options('40Gi'));
    expect(some.recreate.size).toBe(0);
  });

  test('whose file system does not grow while it is used restart their pod', () => {
    const pending = (ageMs: number) => {
      return { ...sized(40, 20), fileSystemPendingSinceMs: NOW_MS - ageMs };
    };
    expect(planVolumes([owner('a', pending(1000))], options('40Gi')).restart.size).toBe(0);
    expect([...planVolumes([owner('a', pending(120_000))], options('40Gi')).restart]).toEqual([
      'a',
    ]);
  });

  test('that are not bound say which class they wait for, or that there is none', () => {
    const problemOf = (facts: Partial<ClaimFacts>) =>
      planVolumes([owner('a', { phase: 'Pending', ...facts })], options('20Gi')).problems[0]
        ?.reason;
    expect(problemOf({})).toBe('Pending');
    expect(problemOf({ storageClass: undefined })).toBe('NoStorageClass');
    expect(problemOf({ storageClass: 'golden', isClassMissing: true })).toBe('NoStorageClass');
  });

  test('of somebody else are named with what to do', () => {
    const plan = planVolumes(
      [owner('a', { owner: 'BrokerSet/mq/other/a/other' })],
      options('20Gi'),
    );
    expect(plan.problems).toMatchObject([
      { reason: 'ForeignClaim', message: expect.stringContaining('BrokerSet/mq/other/a/other') },
    ]);
  });
});

test('a claim is never asked for less than it has', () => {
  const anyClaim = fc.record({ requested: fc.integer({ min: 1, max: 9 }), capacity: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(anyClaim), fc.integer({ min: 1, max: 9 }), (claims, wanted) => {
      const owners = claims.map(({ requested, capacity }, index) =>
        owner(`g${index}`, sized(requested, Math.min(requested, capacity))),
      );
      const { change } = planVolumes(owners, options(`${wanted}Gi`));
      const [claim] = owners
        .flatMap((one) => one.claims)
        .filter(({ name }) => name === change?.claim);
      const spec = change?.spec as { resources?: { requests: { storage: string } } } | undefined;
      const asked = spec?.resources?.requests.storage;
      expect(asked === undefined || bytes(asked) > (claim?.capacityBytes ?? 0)).toBe(true);
    }),
  );
});

test('sizes are shown in the largest unit that is exact', () => {
  expect(showBytes(20 * GiB)).toBe('20Gi');
  expect(showBytes(GiB + 1)).toBe(String(GiB + 1));
  expect(showBytes(1024 * GiB, '1024Gi')).toBe('1024Gi');
});

function bytes(quantity: string): number {
  return quantity.endsWith('Gi') ? Number(quantity.slice(0, -2)) * GiB : Number(quantity);
}
