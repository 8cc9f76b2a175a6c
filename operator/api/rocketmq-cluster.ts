/**
 * `RocketMQCluster`: the umbrella for the common case. It renders a NameServer and BrokerSets, and
 * holds of them nothing but what its user wrote: what is left out here gets its default on the child,
 * where an autoscaler or a person may set it.
 */
import Type, { type Static } from 'typebox';
import { block, template, templateFields } from './block.ts';
import { authBlock, monitoringBlock, networkPolicyBlock } from './blocks/access.ts';
import { imageFields } from './blocks/image.ts';
import { tlsBlock } from './blocks/tls.ts';
import { brokerSetSpec } from './broker-set.ts';
import { controllerSpec } from './controller.ts';
import { manifestOf } from './metadata.ts';
import { nameServerSpec } from './name-server.ts';
import { proxyBlock } from './proxy.ts';
import type { Later, Rule } from './rule.ts';
import { dnsLabel, listMap, oneOf } from './scalars.ts';

/** Fields of the umbrella that stand for the same field of every child that has it. */
export const INHERITED = [
  'version',
  'image',
  'imagePullPolicy',
  'imagePullSecrets',
  'tls',
  'auth',
  'networkPolicy',
] as const;

// Where the others are is the umbrella's to say.
const {
  nameServers: _nameServers,
  controllers: _controllers,
  clusterName: _clusterName,
  ...ofTheirOwn
} = brokerSetSpec.properties;

const clusterSpec = block({
  ...templateFields(imageFields),
  nameServer: template(
    nameServerSpec,
    'The name servers: a NameServer of the name of the cluster.',
  ),
  controller: template(controllerSpec, 'The controllers, which replication needs.'),
  brokerSets: listMap(
    block({
      name: dnsLabel({ maxLength: 30, description: 'Becomes BrokerSet cluster-name.' }),
      ...templateFields(ofTheirOwn),
    }),
    ['name'],
    { minItems: 1, maxItems: 32, description: 'The broker sets, by name.' },
  ),
  proxy: template(proxyBlock, 'Proxies for clients of the gRPC protocol.'),
  tls: template(tlsBlock(), 'Transport encryption of all components.'),
  auth: template(authBlock(), 'Authentication at all brokers.'),
  monitoring: monitoringBlock(),
  networkPolicy: template(networkPolicyBlock(), 'NetworkPolicy of all brokers.'),
  allowedNamespaces: Type.Array(dnsLabel(), {
    default: [],
    description: 'Namespaces whose topics, groups and users may point here.',
  }),
  deletionPolicy: oneOf(['Retain', 'Delete'], {
    default: 'Retain',
    description: 'Volumes of a deleted cluster.',
  }),
});

export type ClusterSpec = Static<typeof clusterSpec>;

export const clusterManifest = manifestOf('RocketMQCluster', clusterSpec);

export type RocketMQCluster = Static<typeof clusterManifest>;

export const clusterRules: readonly Rule<ClusterSpec>[] = [
  {
    path: 'spec.brokerSets',
    cel: 'self.brokerSets.all(set, self.brokerSets.exists_one(other, other.name == set.name))',
    holds: ({ spec: { brokerSets } }) =>
      new Set(brokerSets.map(({ name }) => name)).size === brokerSets.length,
    message: 'two sets have the same name; each needs its own',
  },
];

export const clusterLater: readonly Later[] = [
  {
    path: 'spec.controller',
    reason: 'controllers come with replication',
    remedy: 'leave it out',
  },
  { path: 'spec.proxy', reason: 'the gRPC proxy comes later', remedy: 'leave it out' },
  {
    path: 'spec.monitoring',
    reason: "monitoring objects are the operator's; metrics are served already",
    remedy: 'leave it out',
    onlyIn: 'operator',
  },
  {
    path: 'spec.allowedNamespaces',
    reason: "topics and groups as manifests are the operator's",
    remedy: 'leave it out',
    onlyIn: 'operator',
  },
  {
    path: 'spec.deletionPolicy',
    reason: "deleting volumes with the cluster is the operator's",
    remedy: 'leave it out',
    onlyIn: 'operator',
  },
];
