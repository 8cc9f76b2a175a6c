/**
 * A ledger as a program, for where its cluster's names and addresses are known: it sends and
 * receives until SIGTERM, waits for what is under way, and prints the report as one line of JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../ledger.ts';

const [nameServers = '', topic = '', periodMs = '5'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'gantry-ledger-'));
const ended = new Promise((resolve) => {
  process.once('SIGTERM', resolve);
});
const ledger = await Ledger.start({ nameServers, topic, folder, periodMs: Number(periodMs) });
process.stdout.write('sending\n');
await ended;
process.stdout.write(`${JSON.stringify(await ledger.close())}\n`);
rmSync(folder, { recursive: true });
