import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TarEntry, tar } from './tar.ts';

const file = (path: string, text = '', mode = 0o644): TarEntry => {
  return { path, mode, content: { kind: 'file', bytes: Buffer.from(text) } };
};

/** As any reader of ustar does it, checksums included. */
function read(archive: Buffer) {
  const found: { path: string; mode: number; owner: number; flag: string; text: string }[] = [];
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + 512);
    const field = (from: number, bytes: number) => {
      return header.toString('utf8', from, from + bytes).replace(/\0.*$/s, '');
    };
    const blank = Buffer.concat([
      header.subarray(0, 148),
      Buffer.alloc(8, ' '),
      header.subarray(156),
    ]);
    expect(Number.parseInt(field(148, 8), 8)).toBe(blank.reduce((sum, byte) => sum + byte, 0));
    const prefix = field(345, 155);
    const sizeBytes = Number.parseInt(field(124, 12), 8);
    found.push({
      path: prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`,
      mode: Number.parseInt(field(100, 8), 8),
      owner: Number.parseInt(field(108, 8), 8),
      flag: field(156, 1),
      text:
        field(156, 1) === '2'
          ? field(157, 100)
          : archive.toString('utf8', at + 512, at + 512 + sizeBytes),
    });
    at += 512 + Math.ceil(sizeBytes / 512) * 512;
  }
  return found;
}

const anyPath = fc
  .array(fc.stringMatching(/^[a-z]{1,60}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => `top/${parts.join('/')}.js`);
const anyFiles = fc.uniqueArray(fc.tuple(anyPath, fc.string({ maxLength: 600 })), {
  selector: ([path]) => path,
  maxLength: 8,
});

test('what is put in comes out, in the order of the paths', () => {
  fc.assert(
    fc.property(anyFiles, (files) => {
      const found = read(tar(files.map(([path, text]) => file(path, text))));
      expect(
        found.filter(({ flag }) => flag === '0').map(({ path, text }) => [path, text]),
      ).toEqual(files.toSorted(([left], [right]) => (left < right ? -1 : 1)));
    }),
  );
});

test('equal contents are equal bytes, whatever their order', () => {
  fc.assert(
    fc.property(anyFiles, (files) => {
      const entries = files.map(([path, text]) => file(path, text));
      expect(tar(entries).equals(tar(entries.toReversed()))).toBe(true);
    }),
  );
});

test('folders come before what is in them; links, modes and owners are kept', () => {
  const archive = tar([
    { path: 'bin/gantry', mode: 0o777, content: { kind: 'link', target: '/app/gantry' } },
    { path: 'home/gantry', mode: 0o755, owner: 10_001, content: { kind: 'folder' } },
    file('bin/node', 'elf', 0o755),
  ]);
  expect(read(archive)).toEqual([
    { path: 'bin/', mode: 0o755, owner: 0, flag: '5', text: '' },
    { path: 'bin/gantry', mode: 0o777, owner: 0, flag: '2', text: '/app/gantry' },
    { path: 'bin/node', mode: 0o755, owner: 0, flag: '0', text: 'elf' },
    { path: 'home/', mode: 0o755, owner: 0, flag: '5', text: '' },
    { path: 'home/gantry/', mode: 0o755, owner: 10_001, flag: '5', text: '' },
  ]);
});

test('a path that is there twice or too long is refused', () => {
  expect(() => tar([file('a'), file('a')])).toThrow('twice');
  expect(() => tar([file('a'.repeat(101))])).toThrow('too long for ustar');
});
