/**
 * The keys under `config` of a manifest, judged by the roles that will read them: a misspelt one is
 * found where its user wrote it, before anything runs with it. Works on what was written, whatever
 * else is wrong with it. Pure.
 */

import { findNearest } from '../../config/mod.ts';
import { reservedBrokerKeys } from './broker-set-rules.ts';
import { reservedNameServerKeys } from './name-server.ts';
import type { Problem } from './problem.ts';
import type { ReservedKeys } from './role-config.ts';

type Role = 'NameServer' | 'BrokerSet';
type Properties = Readonly<Record<string, string>>;

interface Judge {
  /** Why the role would not start with `properties`, by key. */
  refusals(properties: Properties): ReadonlyMap<string, string>;
}

/** What judges the keys of each role. */
export type Judges = Readonly<Record<Role, Judge>>;

const RESERVED: Readonly<Record<Role, ReservedKeys>> = {
  NameServer: reservedNameServerKeys,
  BrokerSet: reservedBrokerKeys,
};

export function settingsProblems(manifest: unknown, judges: Judges): Problem[] {
  return configsOf(manifest).flatMap(({ role, path, config }) => {
    const refused = [...judges[role].refusals(config)];
    return refused.flatMap(([key, message]) => {
      // What no single key says is for who knows the other fields; what is reserved has its rule.
      if (key === '' || Object.hasOwn(RESERVED[role], key)) return [];
      const field = meantField(key, message, RESERVED[role]);
      return [{ path: `${path}.${key}`, message: field ?? message, atKey: true }];
    });
  });
}

/** For a key that is close to one that a field of the spec stands for. */
function meantField(key: string, message: string, reserved: ReservedKeys): string | undefined {
  const meant = findNearest(key, Object.keys(reserved));
  if (meant === undefined || !message.includes(`"${meant}"`)) return undefined;
  return `there is no "${key}"; for ${meant} ${reserved[meant]}`;
}

interface Written {
  readonly role: Role;
  readonly path: string;
  readonly config: Properties;
}

function configsOf(manifest: unknown): Written[] {
  const spec = member(manifest, 'spec');
  const kind = member(manifest, 'kind');
  if (kind === 'NameServer' || kind === 'BrokerSet') return written(kind, 'spec', spec);
  if (kind !== 'RocketMQCluster') return [];
  const sets = member(spec, 'brokerSets');
  return [
    ...written('NameServer', 'spec.nameServer', member(spec, 'nameServer')),
    ...(Array.isArray(sets) ? sets : []).flatMap((set: unknown, index) =>
      written('BrokerSet', `spec.brokerSets[${index}]`, set),
    ),
  ];
}

function written(role: Role, path: string, spec: unknown): Written[] {
  const config = member(spec, 'config');
  if (typeof config !== 'object' || config === null) return [];
  const texts = Object.entries(config).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return [{ role, path: `${path}.config`, config: Object.fromEntries(texts) }];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
