/** The stores of `fixtures/`, their manifests, and what a broker serves of a store. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { Wire } from '../processes/wire.ts';

const STORES = fileURLToPath(new URL('./fixtures/stores', import.meta.url));

export interface ManifestMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly size: number;
  readonly bodySha256: string;
  readonly recordSha256: string;
}

export interface Manifest {
  readonly messages: readonly ManifestMessage[];
  /** By `topic/queue`; `max` is one past the last. */
  readonly queues: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
}

export function manifestOf(name: string): Manifest {
  const text = zstdDecompressSync(readFileSync(`${STORES}/${name}.json.zst`)).toString();
  return JSON.parse(text) as Manifest;
}

/** Lays the store out as `folder/store`. */
export function unpack(name: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = zstdDecompressSync(readFileSync(`${STORES}/${name}.tar.zst`));
  const tar = spawnSync('tar', ['-xf', '-', '-C', folder], { input: archive });
  if (tar.status !== 0) throw new Error(`Cannot unpack ${name}: ${tar.stderr.toString()}`);
}

/** Settings a store of `fixtures/` was written with, without which its files do not fit. */
export function settingsOf(name: string): Record<string, number> {
  return {
    mappedFileSizeCommitLog: name === 'clean' ? 1_048_576 : 262_144,
    mappedFileSizeConsumeQueue: 20_000,
    maxHashSlotNum: 1000,
    maxIndexNum: 4000,
    mappedFileSizeTimerLog: 1_048_576,
  };
}

/** One line a message: comparing two lists of lines compares all that a consumer can see. */
function lineOf(message: ManifestMessage): string {
  const { topic, queueId, queueOffset, physicalOffset, size, recordSha256 } = message;
  return `${topic}/${queueId}/${queueOffset} at ${physicalOffset}, ${size} bytes, ${recordSha256}`;
}

const PULL_MESSAGE = 11;
const VIEW_MESSAGE_BY_ID = 33;
const NO_PERMISSION = 16;

/** Everything the broker serves of a queue from `min` to its end, record by record, as lines. */
async function served(address: string, queue: string, min: number): Promise<string[]> {
  using wire = await Wire.connect(address);
  const slash = queue.lastIndexOf('/');
  const fields = {
    consumerGroup: 'reader',
    topic: queue.slice(0, slash),
    queueId: queue.slice(slash + 1),
    maxMsgNums: 32,
    // FLAG_SUBSCRIPTION: the pull brings its own filter, since nobody has subscribed.
    sysFlag: 4,
    commitOffset: 0,
    suspendTimeoutMillis: 0,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
  };
  const lines: string[] = [];
  for (let offset = min; ; ) {
    const answer = await wire.call({
      code: PULL_MESSAGE,
      fields: { ...fields, queueOffset: offset },
    });
    if (answer.code === NO_PERMISSION) throw new WriteOnlyTopic(fields.topic);
    if (answer.code !== 0) return lines;
    lines.push(...records(answer.body).map(lineOf));
    offset = Number(answer.fields['nextBeginOffset']);
  }
}

/** Dead letter topics are made without the read bit; their records can still be asked for. */
class WriteOnlyTopic extends Error {}

async function servedAt(address: string, physicalOffset: number): Promise<string> {
  using wire = await Wire.connect(address);
  const answer = await wire.success({
    code: VIEW_MESSAGE_BY_ID,
    fields: { offset: physicalOffset },
  });
  return records(answer.body).map(lineOf).join();
}

/** Cuts the body of an answer into records. Layout: docs/internals/store.md. */
function records(body: Buffer): ManifestMessage[] {
  const found: ManifestMessage[] = [];
  for (let start = 0; start < body.length; start += body.readInt32BE(start)) {
    const record = body.subarray(start, start + body.readInt32BE(start));
    const bodyBytes = record.readInt32BE(84);
    const topicAt = 88 + bodyBytes;
    const topicBytes = record.readUInt8(topicAt);
    found.push({
      topic: record.toString('utf8', topicAt + 1, topicAt + 1 + topicBytes),
      queueId: record.readInt32BE(12),
      queueOffset: Number(record.readBigInt64BE(20)),
      physicalOffset: Number(record.readBigInt64BE(28)),
      size: record.length,
      bodySha256: sha256(record.subarray(88, 88 + bodyBytes)),
      recordSha256: sha256(record),
    });
  }
  return found;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Every queue of a manifest as the broker serves it, in the manifest's order of queues. */
export async function servedOf(address: string, manifest: Manifest): Promise<string[]> {
  const lines: string[] = [];
  for (const [queue, { min }] of Object.entries(manifest.queues)) {
    const read = served(address, queue, min).catch((error: unknown) => {
      if (!(error instanceof WriteOnlyTopic)) throw error;
      const ofQueue = manifest.messages.filter((m) => `${m.topic}/${m.queueId}` === queue);
      return Promise.all(ofQueue.map((m) => servedAt(address, m.physicalOffset)));
    });
    lines.push(...(await read));
  }
  return lines;
}

/** What `servedOf` should give: the messages that the manifest's queues point to. */
export function linesOf(manifest: Manifest): string[] {
  return Object.entries(manifest.queues).flatMap(([queue, { min, max }]) =>
    manifest.messages
      .filter(
        (m) => `${m.topic}/${m.queueId}` === queue && m.queueOffset >= min && m.queueOffset < max,
      )
      .toSorted((a, b) => a.queueOffset - b.queueOffset)
      .map(lineOf),
  );
}
