import { expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import { integer, text } from './options.ts';
import { formatAnswer } from './properties.ts';
import { printConfig, updateConfig } from './update.ts';

const options = {
  listenPort: integer({ fallback: 10_911, min: 1, max: 65_535, doc: 'Port.' }),
  fileReservedTime: integer({ fallback: 72, min: 1, max: 99, live: true, doc: 'Hours.' }),
  deleteWhen: text({ fallback: '04', live: true, doc: 'Hour.' }),
} as const;
const schema = {
  role: 'broker',
  options,
  elsewhere: {
    ignored: ['sendMessageThreadPoolNums'],
    refused: { aclEnable: { fallback: 'false', reason: 'not here' }, peer: { reason: 'not here' } },
  },
};
const host = { name: 'box', address: '127.0.0.1', homeFolder: '/home/mq', environment: {} };
const fresh = () => loadConfig(schema, { host }).config;

test('a live option changes in place, and is named', () => {
  const config = fresh();
  expect(updateConfig(schema, config, [['fileReservedTime', ' 48 ']])).toEqual([
    'fileReservedTime',
  ]);
  expect(config.fileReservedTime).toBe(48);
});

test('an option that is read at start cannot change, and the message says so', () => {
  expect(() => updateConfig(schema, fresh(), [['listenPort', '1']])).toThrow(
    'listenPort: listenPort is read at start only: it stays "10911" until a restart',
  );
});

test('with one change wrong none is made', () => {
  const config = fresh();
  const changes = [
    ['fileReservedTime', '48'],
    ['deleteWhen', '05'],
    ['fileReservdTime', '1'],
  ] as const;
  expect(() => updateConfig(schema, config, changes)).toThrow('did you mean "fileReservedTime"?');
  expect(config).toEqual(fresh());
});

test('the whole configuration sent back is no change, with one line altered is one', () => {
  const config = fresh();
  const all = printConfig(schema, config);
  expect(updateConfig(schema, config, all)).toEqual([]);
  expect(updateConfig(schema, config, new Map([...all, ['deleteWhen', '05']]))).toEqual([
    'deleteWhen',
  ]);
});

test('keys without meaning are taken without effect, others at their default too', () => {
  const changes = [
    ['sendMessageThreadPoolNums', '9'],
    ['aclEnable', 'false'],
  ] as const;
  expect(updateConfig(schema, fresh(), changes)).toEqual([]);
  expect(() => updateConfig(schema, fresh(), [['aclEnable', 'true']])).toThrow('not here');
});

test('a value given twice holds as it was last given', () => {
  const config = fresh();
  updateConfig(schema, config, [
    ['deleteWhen', '05'],
    ['deleteWhen', '06'],
  ]);
  expect(config.deleteWhen).toBe('06');
});

test('what the whole forbids is not done', () => {
  const check = ({ deleteWhen }: { deleteWhen: string }) =>
    deleteWhen === '05' ? ['deleteWhen is 05'] : [];
  const config = fresh();
  expect(() => updateConfig({ ...schema, check }, config, [['deleteWhen', '05']])).toThrow(
    'configuration: deleteWhen is 05',
  );
  expect(config.deleteWhen).toBe('04');
});

test('the configuration is shown with the defaults that describe it', () => {
  expect(formatAnswer(printConfig(schema, fresh()))).toBe(
    'aclEnable=false\ndeleteWhen=04\nfileReservedTime=72\nlistenPort=10911\n',
  );
});
