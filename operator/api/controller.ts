/** `Controller`: the quorum that knows who is master of each broker group. Comes with replication. */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { imageFields } from './blocks/image.ts';
import { overridesBlock, podBlock } from './blocks/pod.ts';
import { probesBlock } from './blocks/probes.ts';
import { storageBlock } from './blocks/storage.ts';
import { tlsBlock } from './blocks/tls.ts';
import { manifestOf } from './metadata.ts';
import { configField, overrideRules, reservedRule } from './role-config.ts';
import type { Later, Rule, TransitionRule } from './rule.ts';
import { duration, oneOf } from './scalars.ts';
import { storageTransitions } from './shared-rules.ts';

export const controllerSpec = block({
  ...imageFields,
  replicas: Type.Integer({ enum: [1, 3, 5], default: 3, description: 'Members of the quorum.' }),
  storage: storageBlock('5Gi'),
  electionTimeout: duration({ default: '1s', description: 'Silence before an election.' }),
  heartbeatTimeout: duration({ default: '10s', description: 'Silence before a broker is lost.' }),
  profile: oneOf(['Standard', 'Fast'], { default: 'Standard', description: 'Time-outs as a set.' }),
  config: configField(),
  tls: tlsBlock(),
  probes: probesBlock(),
  pod: podBlock(30),
  overrides: overridesBlock(),
});

type ControllerSpec = Static<typeof controllerSpec>;

export const controllerManifest = manifestOf('Controller', controllerSpec);

export type Controller = Static<typeof controllerManifest>;

/** Keys of controller.conf that the operator renders itself. */
const reservedKeys: Readonly<Record<string, string>> = {
  controllerType: 'there is one kind of quorum',
  controllerDLegerGroup: 'the name of the object decides it',
  controllerDLegerPeers: 'use `replicas`',
  controllerDLegerSelfId: 'the pod decides it',
  jraftGroupId: 'the name of the object decides it',
  jraftServerId: 'the pod decides it',
  jraftInitConf: 'use `replicas`',
  controllerStorePath: 'it is on the volume of the pod',
  configStorePath: 'it is on the volume of the pod',
  rocketmqHome: 'it is on the volume of the pod',
  enableElectUncleanMaster: 'use `uncleanElection` of the BrokerSet',
};

export const controllerRules: readonly Rule<ControllerSpec>[] = [
  ...Object.entries(reservedKeys).map(([key, why]) => reservedRule<ControllerSpec>(key, why)),
  ...overrideRules<ControllerSpec>(),
];

export const controllerTransitions: readonly TransitionRule<ControllerSpec>[] =
  storageTransitions<ControllerSpec>();

/** All of it: whatever it says. */
export const controllerLater: readonly Later[] = [
  {
    path: 'kind',
    reason: 'controllers come with replication',
    remedy: 'leave it out',
    works: [],
  },
];
