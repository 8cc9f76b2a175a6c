import fc from 'fast-check';
import { expect, test } from 'vitest';
import { javaHash } from '../protocol/mod.ts';
import { DrivenStore } from '../test/stores/driven-store.ts';
import { IndexFile, type IndexSize } from './index-file.ts';
import { keyHash } from './message-index.ts';
import { OpenFiles } from './open-files.ts';

const PATH = '/index/20231114221320123';

function made(size: IndexSize): { file: IndexFile; files: OpenFiles } {
  const { disk } = new DrivenStore().runtime;
  disk.makeFolder('/index');
  const files = new OpenFiles(disk, 16);
  const file = new IndexFile(files, PATH, size);
  file.create(0, 0);
  return { file, files };
}

function written({ file, files }: ReturnType<typeof made>): IndexFile {
  while (!file.writeSome(4096));
  file.writeHeader();
  return new IndexFile(files, PATH, { slots: 5, entries: 2000 });
}

const all = { beginMs: 0, endMs: Number.MAX_SAFE_INTEGER, hitsMax: 5000 };

function hitsOf(file: IndexFile, hash: number): number[] {
  const hits: number[] = [];
  file.collect({ ...all, hash }, hits, 10_000);
  return hits;
}

test('a file has the bytes of the worked example, in RocketMQ’s default size', () => {
  const parts = made({ slots: 5_000_000, entries: 20_000_000 });
  const hash = keyHash(javaHash('TopicTest#k1'));
  parts.file.put(hash, 4096, 1_700_000_000_123);
  parts.file.put(hash, 4219, 1_700_000_002_123);
  written(parts);
  const bytesAt = (position: number, count: number): string => {
    const bytes = Buffer.alloc(count);
    parts.files.open(PATH).read(bytes, position);
    return bytes.toString('hex');
  };
  expect(parts.files.open(PATH).size()).toBe(420_000_040);
  expect(bytesAt(0, 40)).toBe(
    '0000018bcfe5687b0000018bcfe5704b0000000000001000000000000000107b0000000100000003',
  );
  expect(bytesAt(10_984_136, 4)).toBe('00000002');
  expect(bytesAt(20_000_060, 40)).toBe(
    '0029e6a800000000000010000000000000000000' + '0029e6a8000000000000107b0000000200000001',
  );
});

test('the hash of a key is never negative', () => {
  expect(keyHash(javaHash('TopicTest#7F0000010001'))).toBe(889_979_725);
  expect(keyHash(-0x8000_0000)).toBe(0);
});

const anyPuts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 300 });

test('every entry is found by its hash, newest first, also by who opens the file later', () => {
  fc.assert(
    fc.property(anyPuts, (hashes) => {
      const parts = made({ slots: 5, entries: 2000 });
      for (const [index, hash] of hashes.entries()) parts.file.put(hash, index, 1000 * index + 1);
      const expected = (hash: number): number[] =>
        [...hashes.keys()].filter((index) => hashes[index] === hash).reverse();
      const again = written(parts);
      again.load();
      for (let hash = 0; hash <= 12; hash++) {
        expect(hitsOf(parts.file, hash)).toEqual(expected(hash));
        expect(hitsOf(again, hash)).toEqual(expected(hash));
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['with the entries that slots name', true],
  ['without them', false],
])('slots that are ahead of the header are mended, %s', (_name, hasEntries) => {
  fc.assert(
    fc.property(anyPuts, anyPuts, (trusted, ahead) => {
      const parts = made({ slots: 5, entries: 2000 });
      for (const [index, hash] of trusted.entries()) parts.file.put(hash, index + 1, 1);
      const header = parts.file.copyHeader();
      const next = trusted.length + 1;
      for (const [index, hash] of ahead.entries()) parts.file.put(hash, next + index, 1);
      const again = written(parts);
      const lost = Buffer.alloc(hasEntries ? 0 : ahead.length * 20);
      parts.files.open(PATH).write(lost, 40 + 5 * 4 + next * 20);
      again.load(header);
      again.mendSlots();
      for (let hash = 0; hash <= 12; hash++) {
        const expected = [...trusted.keys()].filter((index) => trusted[index] === hash).reverse();
        expect(hitsOf(again, hash)).toEqual(expected.map((index) => index + 1));
      }
    }),
    { numRuns: 50 },
  );
});

test('a chain that is longer than may be read is read in part', () => {
  const { file } = made({ slots: 5, entries: 2000 });
  for (let count = 0; count < 100; count++) file.put(3, count, 1);
  const hits: number[] = [];
  expect(file.collect({ ...all, hash: 3 }, hits, 10)).toBe(10);
  expect(hits).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
});
