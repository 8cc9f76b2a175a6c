import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Image, imageArchive } from './archive.ts';
import { librariesIn } from './shared-libraries.ts';

const image: Image = {
  tag: 'gantry:1.2.3',
  architecture: 'amd64',
  layers: [
    [{ path: 'node', mode: 0o755, content: { kind: 'file', bytes: Buffer.from('elf') } }],
    [{ path: 'app', mode: 0o755, content: { kind: 'folder' } }],
  ],
  config: {
    User: '10001:10001',
    Env: [],
    Entrypoint: ['gantry'],
    WorkingDir: '/',
    ExposedPorts: {},
    Labels: {},
  },
};

/** The files of an archive, by path. */
function unpack(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; archive[at] !== 0; ) {
    const path = archive.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const sizeBytes = Number.parseInt(archive.toString('utf8', at + 124, at + 135), 8);
    files.set(path, archive.subarray(at + 512, at + 512 + sizeBytes));
    at += 512 + Math.ceil(sizeBytes / 512) * 512;
  }
  return files;
}

const files = unpack(imageArchive(image));
const json = (path: string) => JSON.parse(String(files.get(path)));

test('every blob has the name of its contents', () => {
  const blobs = [...files].filter(([path]) => /^blobs\/sha256\/./.test(path));
  expect(blobs).toHaveLength(4);
  for (const [path, bytes] of blobs) {
    expect(path).toBe(`blobs/sha256/${createHash('sha256').update(bytes).digest('hex')}`);
  }
});

test('OCI and docker tools find the same image in it', () => {
  const [{ digest, annotations }] = json('index.json').manifests;
  const manifest = json(`blobs/${digest.replace(':', '/')}`);
  const path = (blob: { digest: string; size: number }) => {
    expect(files.get(`blobs/${blob.digest.replace(':', '/')}`)?.length).toBe(blob.size);
    return `blobs/${blob.digest.replace(':', '/')}`;
  };
  expect(annotations['io.containerd.image.name']).toBe('docker.io/library/gantry:1.2.3');
  expect(json('manifest.json')).toEqual([
    {
      Config: path(manifest.config),
      RepoTags: ['gantry:1.2.3'],
      Layers: manifest.layers.map(path),
    },
  ]);
});

test('the configuration names the layers by what they are unpacked', () => {
  const [{ Config, Layers }] = json('manifest.json');
  const unpacked = Layers.map((path: string) => gunzipSync(files.get(path) ?? Buffer.alloc(0)));
  expect(json(Config).rootfs.diff_ids).toEqual(
    unpacked.map((layer: Buffer) => `sha256:${createHash('sha256').update(layer).digest('hex')}`),
  );
});

test('the libraries of a program are read from what ldd prints', () => {
  const listing = [
    '\tlinux-vdso.so.1 (0x00007ffc7e1f2000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2c71c00000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f2c71e2b000)',
  ];
  expect(librariesIn(listing.join('\n'))).toEqual([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
  expect(() => librariesIn('\tlibatomic.so.1 => not found')).toThrow('libatomic.so.1');
});
