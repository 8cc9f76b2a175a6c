/**
 * The kinds that can be written in a manifest, each with all that it is checked against: first the
 * structure, then, on what has the right structure, everything that is refused. `crds/` is made
 * from these rows.
 */
import type { Static, TSchema } from 'typebox';
import { type BrokerSet, brokerSetManifest } from './broker-set.ts';
import {
  brokerSetLater,
  brokerSetLocalTransitions,
  brokerSetRules,
  brokerSetTransitions,
} from './broker-set-rules.ts';
import { check, withDefaults } from './check.ts';
import {
  consumerGroupLater,
  consumerGroupManifest,
  consumerGroupRules,
  consumerGroupTransitions,
} from './consumer-group.ts';
import {
  controllerLater,
  controllerManifest,
  controllerRules,
  controllerTransitions,
} from './controller.ts';
import {
  type NameServer,
  nameServerLater,
  nameServerManifest,
  nameServerRules,
  nameServerTransitions,
} from './name-server.ts';
import type { Problem } from './problem.ts';
import { proxyLater, proxyManifest, proxyRules, proxyTransitions } from './proxy.ts';
import { broken, brokenTransitions, notYet } from './refusals.ts';
import { clusterLater, clusterManifest, clusterRules } from './rocketmq-cluster.ts';
import type { Later, Named, Rule, Runner, TransitionRule } from './rule.ts';
import { brokerSetStatus } from './status/broker-set.ts';
import { consumerGroupStatus, topicStatus } from './status/entities.ts';
import { controllerStatus, proxyStatus } from './status/later-components.ts';
import { nameServerStatus } from './status/name-server.ts';
import { clusterStatus } from './status/rocketmq-cluster.ts';
import { topicLater, topicManifest, topicRules, topicTransitions } from './topic.ts';

export interface Kind<Manifest> {
  /** Of the whole manifest, without its status. */
  readonly schema: TSchema;
  readonly status: TSchema;
  readonly rules: readonly StatedRule[];
  readonly transitions: readonly StatedRule[];
  readonly later: readonly Later[];
  /** Filled in with its defaults, or what is wrong with its structure. */
  readonly read: (written: unknown) => Read<Manifest>;
  /** What of it is refused: it breaks a rule, or its behaviour comes later. */
  readonly refusals: (manifest: Manifest, runner: Runner) => readonly Problem[];
  /** What forbids `before` to become `now`, whoever makes it real. */
  readonly forbidden: (now: Manifest, before: Manifest) => readonly Problem[];
}

/** A rule of whatever spec, as the API server needs it. */
export interface StatedRule extends Pick<Rule<never>, 'path' | 'cel' | 'at' | 'stated'> {
  readonly message: unknown;
}

export type Read<Manifest> =
  | { readonly manifest: Manifest }
  | { readonly problems: readonly Problem[] };

interface Parts<Schema, Spec> {
  readonly schema: Schema;
  readonly status: TSchema;
  readonly rules: readonly Rule<Spec>[];
  readonly transitions: readonly TransitionRule<Spec>[];
  readonly later: readonly Later[];
}

function kind<Schema extends TSchema & { static?: Named<unknown> }, Spec>({
  schema,
  status,
  rules,
  transitions,
  later,
}: Parts<Schema, Spec>): Kind<Static<Schema> & Named<Spec>> {
  type Manifest = Static<Schema> & Named<Spec>;
  return {
    schema,
    status,
    rules,
    transitions,
    later,
    read: (written) => {
      const manifest = withDefaults(schema, written);
      const problems = check(schema, manifest);
      return problems.length > 0 ? { problems } : { manifest: manifest as Manifest };
    },
    refusals: (manifest, runner) => [
      ...broken(rules, manifest),
      ...notYet(later, manifest, { schema, runner }),
    ],
    forbidden: (now, before) => brokenTransitions(transitions, now, before),
  };
}

export const kinds = {
  RocketMQCluster: kind({
    schema: clusterManifest,
    status: clusterStatus,
    rules: clusterRules,
    transitions: [],
    later: clusterLater,
  }),
  NameServer: kind({
    schema: nameServerManifest,
    status: nameServerStatus,
    rules: nameServerRules,
    transitions: nameServerTransitions,
    later: nameServerLater,
  }),
  Controller: kind({
    schema: controllerManifest,
    status: controllerStatus,
    rules: controllerRules,
    transitions: controllerTransitions,
    later: controllerLater,
  }),
  BrokerSet: kind({
    schema: brokerSetManifest,
    status: brokerSetStatus,
    rules: brokerSetRules,
    transitions: brokerSetTransitions,
    later: brokerSetLater,
  }),
  Proxy: kind({
    schema: proxyManifest,
    status: proxyStatus,
    rules: proxyRules,
    transitions: proxyTransitions,
    later: proxyLater,
  }),
  Topic: kind({
    schema: topicManifest,
    status: topicStatus,
    rules: topicRules,
    transitions: topicTransitions,
    later: topicLater,
  }),
  ConsumerGroup: kind({
    schema: consumerGroupManifest,
    status: consumerGroupStatus,
    rules: consumerGroupRules,
    transitions: consumerGroupTransitions,
    later: consumerGroupLater,
  }),
};

export type KindName = keyof typeof kinds;

/** What forbids `before` to become `now` under `gantry up`; both complete and of one name. */
export function forbiddenChanges(
  now: NameServer | BrokerSet,
  before: NameServer | BrokerSet,
): Problem[] {
  if (now.kind === 'NameServer') {
    return before.kind === 'NameServer' ? [...kinds.NameServer.forbidden(now, before)] : [];
  }
  if (before.kind !== 'BrokerSet') return [];
  return [
    ...kinds.BrokerSet.forbidden(now, before),
    ...brokenTransitions(brokerSetLocalTransitions, now, before),
  ];
}
