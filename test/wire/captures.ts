/**
 * What a RocketMQ 5.3.3 cluster and its clients said to each other, frame by frame: recorded by a
 * proxy between them, up to three examples of each kind of exchange. `single` is one broker with
 * every feature of the client, `admin` its command line tool, `group` three controllers and three
 * brokers, `slave` a master with a slave, `auth` signed requests.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  brokerRequests,
  clientRequests,
  controllerRequests,
  nameServerRequests,
  namesByCode,
  type RequestRow,
  type RequestTable,
} from '../../protocol/mod.ts';

const folders = ['single', 'admin', 'group', 'slave', 'auth'] as const;

interface CapturedLine {
  /** The server whose port was dialled: `broker`, `broker-2`, `master-vip`, `namesrv`, … */
  readonly to: string;
  /** The side that asked. */
  readonly sender: 'client' | 'server';
  readonly code: number;
  readonly request: string;
  readonly answer?: { readonly frame: string };
  /** Size of a request that was too long to keep whole. */
  readonly cut?: number;
}

export interface Exchange {
  /** For messages: where it is from and what it is. */
  readonly name: string;
  readonly code: number;
  readonly row: { readonly name: string; readonly row: RequestRow } | undefined;
  /** Absent when only its beginning was kept. */
  readonly request?: Buffer;
  readonly answer?: Buffer;
}

export const exchanges: readonly Exchange[] = folders.flatMap(readFolder);

function readFolder(folder: string): Exchange[] {
  const file = new URL(`captures/${folder}.jsonl.gz`, import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((text, index) => {
    const line = JSON.parse(text) as CapturedLine;
    const row = findRow(line);
    return {
      name: `${folder}:${index + 1} ${row?.name ?? line.code}`,
      code: line.code,
      row,
      ...(line.cut === undefined ? { request: Buffer.from(line.request, 'hex') } : {}),
      ...(line.answer === undefined ? {} : { answer: Buffer.from(line.answer.frame, 'hex') }),
    };
  });
}

function findRow({ code, sender, to }: CapturedLine): Exchange['row'] {
  const table = tableOf(sender, to);
  const name = namesByCode(table).get(code);
  const row = name === undefined ? undefined : table[name];
  return name === undefined || row === undefined ? undefined : { name, row };
}

function tableOf(sender: string, to: string): RequestTable {
  if (sender === 'server') return clientRequests;
  if (to.startsWith('namesrv')) return nameServerRequests;
  return to.startsWith('controller') ? controllerRequests : brokerRequests;
}
