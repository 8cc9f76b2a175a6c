import { expect, test } from 'vitest';
import type { StorageSpec } from '../../api/blocks/storage.ts';
import { durableCondition, volumesCondition } from './condition.ts';

const storage: StorageSpec = {
  size: '1Gi',
  migrate: false,
  accessModes: ['ReadWriteOnce'],
  retention: { whenDeleted: 'Retain', whenScaled: 'Retain' },
};

test('what a person has to mend is the reason before what time mends; all is in the message', () => {
  const problems = [
    { reason: 'Expanding', message: 'grows' },
    { reason: 'ForeignClaim', message: 'not ours' },
  ] as const;
  expect(volumesCondition({ storage, problems, missing: ['a'] })).toMatchObject({
    status: 'False',
    reason: 'ForeignClaim',
    message: 'grows; not ours',
  });
});

test('volumes are ready when nothing is missing or wrong, or when there are to be none', () => {
  const fine = { storage, problems: [], missing: [] };
  expect(volumesCondition(fine).reason).toBe('Bound');
  expect(volumesCondition({ ...fine, missing: ['a'] }).reason).toBe('Pending');
  const ephemeral = { ...storage, ephemeral: {} };
  expect(volumesCondition({ ...fine, storage: ephemeral }).reason).toBe('NoVolumes');
  expect(durableCondition(ephemeral).status).toBe('False');
  expect(durableCondition(storage).status).toBe('True');
});
