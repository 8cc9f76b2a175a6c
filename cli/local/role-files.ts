/**
 * What the servers of a manifest would say of their files, asked of their own tables of options
 * before anything is stopped for them: a server that refuses its file would only be found dead.
 */
import { brokerSchema } from '../../broker/mod.ts';
import { parseProperties } from '../../config/mod.ts';
import { nameServerSchema } from '../../nameserver/mod.ts';
import { type KeyTable, keyTable, type ManifestProblem } from '../../operator/mod.ts';
import type { LocalProcess } from './local-process.ts';

/** For the keys that stand in a manifest, by the kind that has them. */
export const judges = {
  NameServer: keyTable(nameServerSchema),
  BrokerSet: keyTable(brokerSchema),
} as const;

const TABLES: Readonly<Record<string, KeyTable>> = {
  nameserver: judges.NameServer,
  broker: judges.BrokerSet,
};

/** What the whole of a rendered file is refused for, though each key of the manifest was right. */
export function refusedFiles(processes: readonly LocalProcess[]): ManifestProblem[] {
  return processes.flatMap(({ pod, role, files }) =>
    files.flatMap(({ text }) => {
      const settings = parseProperties(text).entries.map(({ key, value }) => [key, value] as const);
      const refused = TABLES[role]?.refusals(Object.fromEntries(settings)) ?? new Map();
      return [...refused.values()].map((message) => ({ place: pod, path: '', message }));
    }),
  );
}
