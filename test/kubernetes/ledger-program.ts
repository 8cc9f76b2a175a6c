/**
 * A ledger as a program of its own, to be run among a cluster's names: from its start to SIGTERM,
 * when it prints its report.
 */
import { parseArgs } from 'node:util';
import { Ledger } from './ledger.ts';

const text = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { nameServers: text, topic: text, folder: text } });

const ledger = await Ledger.start(values);
process.once('SIGTERM', () => {
  void ledger.close().then((report) => {
    console.log(JSON.stringify(report));
    process.exit(0);
  });
});
console.log('started');
