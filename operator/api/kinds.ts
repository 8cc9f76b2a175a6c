/**
 * The kinds that can be written in a manifest, each with all that it is checked against: first the
 * structure, then, on what has the right structure, everything that is refused.
 */
import type { Static, TSchema } from 'typebox';
import { type BrokerSet, brokerSetManifest } from './broker-set.ts';
import { brokerSetLater, brokerSetRules, brokerSetTransitions } from './broker-set-rules.ts';
import { check, withDefaults } from './check.ts';
import {
  type NameServer,
  nameServerLater,
  nameServerManifest,
  nameServerRules,
  nameServerTransitions,
} from './name-server.ts';
import type { Problem } from './problem.ts';
import { broken, brokenTransitions, notYet } from './refusals.ts';
import { clusterLater, clusterManifest, clusterRules } from './rocketmq-cluster.ts';
import type { Later, Named, Rule } from './rule.ts';

export interface Kind<Manifest> {
  /** Filled in with its defaults, or what is wrong with its structure. */
  readonly read: (written: unknown) => Read<Manifest>;
  /** What of it is refused: it breaks a rule, or its behaviour comes later. */
  readonly refusals: (manifest: Manifest) => readonly Problem[];
}

export type Read<Manifest> =
  | { readonly manifest: Manifest }
  | { readonly problems: readonly Problem[] };

function kind<Schema extends TSchema & { static?: Named<unknown> }, Spec>(
  schema: Schema,
  rules: readonly Rule<Spec>[],
  later: readonly Later[],
): Kind<Static<Schema> & Named<Spec>> {
  type Manifest = Static<Schema> & Named<Spec>;
  return {
    read: (written) => {
      const manifest = withDefaults(schema, written);
      const problems = check(schema, manifest);
      return problems.length > 0 ? { problems } : { manifest: manifest as Manifest };
    },
    refusals: (manifest) => [...broken(rules, manifest), ...notYet(later, manifest, schema)],
  };
}

export const kinds = {
  RocketMQCluster: kind(clusterManifest, clusterRules, clusterLater),
  NameServer: kind(nameServerManifest, nameServerRules, nameServerLater),
  BrokerSet: kind(brokerSetManifest, brokerSetRules, brokerSetLater),
};

/** What forbids `before` to become `now`; both complete and of one name. */
export function forbiddenChanges(
  now: NameServer | BrokerSet,
  before: NameServer | BrokerSet,
): Problem[] {
  if (now.kind === 'NameServer') {
    return before.kind === 'NameServer'
      ? brokenTransitions(nameServerTransitions, now, before)
      : [];
  }
  return before.kind === 'BrokerSet' ? brokenTransitions(brokerSetTransitions, now, before) : [];
}
