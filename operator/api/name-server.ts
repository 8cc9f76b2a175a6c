/** `NameServer`: the routing service. Every instance is complete in itself; brokers tell all of them. */
import type { Static } from 'typebox';
import { block } from './block.ts';
import { imageFields } from './blocks/image.ts';
import { overridesBlock, podBlock } from './blocks/pod.ts';
import { probesBlock } from './blocks/probes.ts';
import { serviceBlock } from './blocks/service.ts';
import { storageBlock } from './blocks/storage.ts';
import { tlsBlock } from './blocks/tls.ts';
import { manifestOf } from './metadata.ts';
import { configField, overrideRules, type ReservedKeys, reservedRule } from './role-config.ts';
import type { Later, Rule, TransitionRule } from './rule.ts';
import { integer } from './scalars.ts';
import { laterInEveryRole, storageTransitions } from './shared-rules.ts';

export const nameServerSpec = block({
  ...imageFields,
  replicas: integer(1, 9, { default: 2, description: 'Number of name servers.' }),
  storage: storageBlock('1Gi'),
  service: serviceBlock(),
  config: configField(),
  tls: tlsBlock(),
  probes: probesBlock(),
  pod: podBlock(30),
  overrides: overridesBlock(),
});

export type NameServerSpec = Static<typeof nameServerSpec>;

export const nameServerManifest = manifestOf('NameServer', nameServerSpec);

export type NameServer = Static<typeof nameServerManifest>;

/** Keys of namesrv.conf that the operator renders itself. */
export const reservedNameServerKeys: ReservedKeys = {
  bindAddress: 'the pod decides it',
  listenPort: 'it is always 9876',
  managementPort: 'it is always 8090',
  kvConfigPath: 'it is on the volume of the pod',
  configStorePath: 'it is on the volume of the pod',
  rocketmqHome: 'it is on the volume of the pod',
  enableControllerInNamesrv: 'controllers are a component of their own',
};

export const nameServerRules: readonly Rule<NameServerSpec>[] = [
  ...Object.entries(reservedNameServerKeys).map(([key, why]) =>
    reservedRule<NameServerSpec>(key, why),
  ),
  ...overrideRules<NameServerSpec>(),
];

export const nameServerTransitions: readonly TransitionRule<NameServerSpec>[] =
  storageTransitions<NameServerSpec>();

export const nameServerLater: readonly Later[] = laterInEveryRole;
