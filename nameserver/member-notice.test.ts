import { expect, test } from 'vitest';
import { noticed, noticeFields } from './member-notice.ts';

const group = {
  brokerName: 'a',
  cluster: 'c',
  enableActingMaster: true,
  zoneName: undefined,
  addresses: new Map([
    [2, 's2:1'],
    [1, 's1:1'],
  ]),
};

test('when a broker has gone, all that are left are told who is the least now', () => {
  const change = { group, offlineAddr: 'm:1' };
  expect(noticed(change)).toEqual(['s2:1', 's1:1']);
  expect(noticeFields(change)).toEqual({
    brokerName: 'a',
    minBrokerId: '1',
    minBrokerAddr: 's1:1',
    offlineBrokerAddr: 'm:1',
  });
});

test('when a broker has come, it is told to the others, for it knows itself', () => {
  const change = { group, haServerAddr: 'ha:1' };
  expect(noticed(change)).toEqual(['s2:1']);
  expect(noticeFields(change)).toMatchObject({ haBrokerAddr: 'ha:1', minBrokerId: '1' });
  const alone = { ...group, addresses: new Map([[0, 'm:1']]) };
  expect(noticed({ group: alone, haServerAddr: 'ha:1' })).toEqual(['m:1']);
});
