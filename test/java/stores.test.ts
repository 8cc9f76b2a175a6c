/** Stores both ways: what the Java broker wrote opens here, what Gantry wrote opens there. */
import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BrokerPlace, BrokerProcess } from '../processes/broker-process.ts';
import { startBroker } from '../processes/gantry.ts';
import { peer, startJavaBroker } from '../processes/java.ts';
import { Scratch } from '../processes/scratch.ts';
import { Wire } from '../processes/wire.ts';
import { linesOf, type Manifest, manifestOf, servedOf, settingsOf, unpack } from './stores.ts';

const names = [
  'clean',
  'killed',
  'killed-recovered',
  'controller-mode-1',
  'controller-mode-2',
  'controller-mode-3',
];

describe('a store that the Java broker wrote', () => {
  test.each(names)('%s: every message of its manifest is served, byte by byte', async (name) => {
    using scratch = new Scratch();
    unpack(name, scratch.path);
    const place: BrokerPlace = {
      address: '127.0.21.1:10911',
      folder: scratch.path,
      options: settingsOf(name),
    };
    const manifest = manifestOf(name);
    await using broker = await startBroker(place);
    expect(await servedOf(broker.address, manifest)).toEqual(linesOf(manifest));
  });
});

const settings = { ...settingsOf('clean'), brokerName: 'broker-a' };
const topics = ['Orders', 'Payments'];
const bodySizes = [1, 10, 100, 3000, 60_000];

describe('a store that Gantry wrote', () => {
  test.each([
    ['stopped cleanly', 'SIGTERM'],
    ['killed', 'SIGKILL'],
  ] as const)('%s: fits together and is served by the Java broker', async (_name, signal) => {
    using scratch = new Scratch();
    const place: BrokerPlace = {
      address: '127.0.21.2:10911',
      folder: scratch.path,
      options: settings,
    };
    const written = await write(place, signal);

    const manifest = await manifestOfStore(scratch.path);
    expect(manifest.messages.length).toBe(written.length);
    await using java = await startJavaBroker(place);
    expect(await served(java)).toEqual(written);
    await java.process.stop(signal);

    // And back: what the Java broker made of it opens here again.
    await using again = await startBroker(place);
    expect(await served(again)).toEqual(written);
  });
});

/** Fills a new store over several log files, reads it back, and ends the broker by `signal`. */
async function write(place: BrokerPlace, signal: 'SIGTERM' | 'SIGKILL'): Promise<string[]> {
  await using broker = await startBroker(place);
  using wire = await Wire.connect(broker.address);
  for (let n = 0; n < 200; n++) {
    const body = Buffer.alloc(bodySizes[n % bodySizes.length] ?? 0, `message ${n} `);
    await wire.success({ code: SEND_MESSAGE_V2, fields: sendFields(n), body });
  }
  const lines = await served(broker);
  expect(lines.length).toBe(200);
  await broker.process.stop(signal);
  return lines;
}

const SEND_MESSAGE_V2 = 310;

function sendFields(n: number): Record<string, string | number> {
  return {
    a: 'writer',
    b: topics[n % topics.length] ?? '',
    c: 'TBW102',
    d: 4,
    e: n % 4,
    f: 0,
    g: 1_700_000_000_000 + n,
    h: n,
    i: `KEYS\u0001key${n} shared\u0002UNIQ_KEY\u00017F0000010BD418B4AAC2128F3C5A${String(n).padStart(4, '0')}\u0002WAIT\u0001true\u0002TAGS\u0001Tag${n % 3}\u0002colour\u0001grün 绿\u0002`,
    j: 0,
    k: 'false',
    m: 'false',
    n: 'broker-a',
  };
}

/** All queues of the topics written, in a fixed order. */
function served(broker: BrokerProcess): Promise<string[]> {
  const queues = topics.flatMap((topic) => [0, 1, 2, 3].map((queue) => `${topic}/${queue}`));
  const everything = Object.fromEntries(queues.map((queue) => [queue, { min: 0, max: 0 }]));
  return servedOf(broker.address, { messages: [], queues: everything });
}

/** What StoreManifest finds, run on a copy: it must not depend on what the Java broker repairs. */
async function manifestOfStore(folder: string): Promise<Manifest> {
  const copy = `${folder}/copy`;
  cpSync(`${folder}/store`, copy, { recursive: true });
  await using tool = peer(['client', 'StoreManifest', copy], { folder });
  const output = await tool.done();
  return JSON.parse(output.slice(output.indexOf('{\n'))) as Manifest;
}
