import { expect, test } from 'vitest';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { Checkpoint } from './checkpoint.ts';

const PATH = '/checkpoint';
const times = {
  logMs: 1_700_000_000_123,
  queueMs: 1_700_000_000_123,
  indexMs: 0,
  confirmedOffset: 4219,
};
const index = { name: '20231114221320123', header: Buffer.alloc(40, 7) };

function disk() {
  return new DrivenStore().runtime.disk;
}

test('what RocketMQ reads of it has the bytes of the worked example', () => {
  const at = disk();
  const checkpoint = new Checkpoint(at, PATH);
  checkpoint.set(times, { logOffset: 4219, topics: 3, index });
  const file = at.open(PATH, 'existing');
  const bytes = Buffer.alloc(40);
  file.read(bytes, 0);
  expect(file.size()).toBe(4096);
  expect(bytes.toString('hex')).toBe(
    '0000018bcfe5687b0000018bcfe5687b00000000000000000000000000000000000000000000107b',
  );
});

test.each([index, undefined])('what was set is read again', (mark) => {
  const at = disk();
  new Checkpoint(at, PATH).set(times, { logOffset: 4219, topics: 3, index: mark });
  const again = new Checkpoint(at, PATH);
  expect(again.point).toEqual({ logOffset: 4219, topics: 3, index: mark });
  expect(again.trustedMs).toBe(1_700_000_000_123 - 3000);
  expect(again.confirmedOffset).toBe(4219);
});

test('our part counts for nothing once another broker has written its own', () => {
  const at = disk();
  const checkpoint = new Checkpoint(at, PATH);
  expect(checkpoint.point).toBeUndefined();
  checkpoint.set(times, { logOffset: 4219, topics: 3, index });
  at.open(PATH, 'existing').write(Buffer.from([1]), 7);
  expect(new Checkpoint(at, PATH).point).toBeUndefined();
});

test('a file that is missing or cut counts as all zeros', () => {
  const at = disk();
  at.open(PATH, 'create').write(Buffer.alloc(20, 1), 0);
  const checkpoint = new Checkpoint(at, PATH);
  expect(checkpoint.point).toBeUndefined();
  expect(at.open(PATH, 'existing').size()).toBe(4096);
  expect(new Checkpoint(at, '/other').trustedMs).toBe(0);
});
