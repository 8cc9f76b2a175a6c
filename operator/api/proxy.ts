/** `Proxy`: where clients of the gRPC protocol connect. Comes with that protocol. */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { authBlock } from './blocks/access.ts';
import { clusterReference } from './blocks/cluster-reference.ts';
import { imageFields } from './blocks/image.ts';
import { overridesBlock, podBlock } from './blocks/pod.ts';
import { probesBlock } from './blocks/probes.ts';
import { referenceBlock } from './blocks/references.ts';
import { serviceBlock } from './blocks/service.ts';
import { tlsBlock } from './blocks/tls.ts';
import { manifestOf } from './metadata.ts';
import { configField, overrideRules } from './role-config.ts';
import type { Later, Rule, TransitionRule } from './rule.ts';
import { integer } from './scalars.ts';

const listener = (port: number, description: string) => ({
  port: integer(1, 65_535, { default: port, description }),
  service: serviceBlock(),
  advertised: Type.Optional(
    Type.String({ maxLength: 1024, description: 'Address that clients are told.' }),
  ),
});

/** What a proxy is, wherever its cluster is. */
const ownFields = {
  ...imageFields,
  replicas: integer(0, 1000, { default: 2, description: 'Number of proxies.' }),
  listeners: block(
    {
      grpc: block(listener(8081, 'Port of gRPC.'), {
        default: {},
        description: 'For clients of the gRPC protocol.',
      }),
      remoting: block(
        {
          enabled: Type.Boolean({ default: true, description: 'Whether it listens.' }),
          ...listener(8080, 'Port of the remoting protocol.'),
        },
        { default: {}, description: 'For clients of the remoting protocol.' },
      ),
    },
    { default: {}, description: 'Where clients connect.' },
  ),
  config: configField(),
  tls: tlsBlock(),
  auth: authBlock(),
  probes: probesBlock(),
  pod: podBlock(60),
  overrides: overridesBlock(),
};

/** As part of a cluster, which says where the others are. */
export const proxyBlock = block({
  ...ownFields,
  autoscaled: Type.Boolean({ default: false, description: 'Leaves `replicas` to an autoscaler.' }),
});

const proxySpec = block({
  ...ownFields,
  clusterRef: Type.Optional(clusterReference()),
  nameServers: Type.Optional(referenceBlock('NameServer')),
  controllers: Type.Optional(referenceBlock('Controller')),
});

type ProxySpec = Static<typeof proxySpec>;

export const proxyManifest = manifestOf('Proxy', proxySpec);

export type Proxy = Static<typeof proxyManifest>;

export const proxyRules: readonly Rule<ProxySpec>[] = [
  {
    path: 'spec.clusterRef',
    cel: 'has(self.clusterRef) != has(self.nameServers)',
    holds: ({ spec }) => (spec.clusterRef === undefined) !== (spec.nameServers === undefined),
    message: 'exactly one of `clusterRef` and `nameServers` says where the brokers are',
  },
  ...overrideRules<ProxySpec>(),
];

export const proxyTransitions: readonly TransitionRule<ProxySpec>[] = [];

/** All of it: whatever it says. */
export const proxyLater: readonly Later[] = [
  { path: 'kind', reason: 'the gRPC proxy comes later', remedy: 'leave it out', works: [] },
];
