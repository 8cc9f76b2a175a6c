/**
 * An image as one file that container engines load without a registry: an OCI image layout
 * (`ctr images import`, `skopeo`, `kind load image-archive`) that is a `docker save` archive too.
 * The same layers and configuration give the same bytes.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tar } from './tar.ts';

export interface Image {
  /** `gantry:0.1.0`. */
  readonly tag: string;
  readonly architecture: 'amd64' | 'arm64';
  /** Lowest first: what changes seldom comes before what changes often. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly WorkingDir: string;
    readonly ExposedPorts: Readonly<Record<string, object>>;
    readonly Labels: Readonly<Record<string, string>>;
  };
}

interface Blob {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly path: string;
}

export function imageArchive(image: Image): Buffer {
  const tars = image.layers.map(tar);
  const layers = tars.map((layer) => blob(gzipSync(layer, { level: 6 })));
  const config = blob(
    json({
      architecture: image.architecture,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: tars.map((layer) => digestOf(layer)) },
    }),
  );
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: layers.map((layer) =>
        descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer),
      ),
    }),
  );
  return tar([
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    file('index.json', json(index(image, manifest))),
    file(
      'manifest.json',
      json([
        { Config: config.path, RepoTags: [image.tag], Layers: layers.map(({ path }) => path) },
      ]),
    ),
    ...[config, manifest, ...layers].map(({ path, bytes }) => file(path, bytes)),
  ]);
}

/** containerd takes the whole name from its own annotation, others the tag from OCI's. */
function index({ tag, architecture }: Image, manifest: Blob): object {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { architecture, os: 'linux' },
        annotations: {
          'io.containerd.image.name': `docker.io/library/${tag}`,
          'org.opencontainers.image.ref.name': tag.slice(tag.indexOf(':') + 1),
        },
      },
    ],
  };
}

function blob(bytes: Buffer): Blob {
  const digest = digestOf(bytes);
  return { bytes, digest, path: `blobs/${digest.replace(':', '/')}` };
}

function descriptor(mediaType: string, { digest, bytes }: Blob): object {
  return { mediaType, digest, size: bytes.length };
}

function file(path: string, bytes: Buffer): TarEntry {
  return { path, mode: 0o644, content: { kind: 'file', bytes } };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
