/**
 * `BrokerSet`: broker groups that are alike. A group is one broker name: a master and its replicas.
 * Groups are the unit of scaling; replicas are the redundancy in each of them.
 */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { authBlock, networkPolicyBlock } from './blocks/access.ts';
import { imageFields } from './blocks/image.ts';
import { drainBlock, recoveryBlock, updateBlock } from './blocks/operations.ts';
import { externalBlock, spreadBlock } from './blocks/placement.ts';
import { overridesBlock, podBlock } from './blocks/pod.ts';
import { probesBlock } from './blocks/probes.ts';
import { referenceBlock } from './blocks/references.ts';
import { storageBlock } from './blocks/storage.ts';
import { tlsBlock } from './blocks/tls.ts';
import { manifestOf } from './metadata.ts';
import { configField } from './role-config.ts';
import type { Named } from './rule.ts';
import { dnsLabel, integer, oneOf } from './scalars.ts';

export const brokerSetSpec = block({
  ...imageFields,
  nameServers: referenceBlock('NameServer'),
  controllers: Type.Optional(referenceBlock('Controller')),
  clusterName: Type.Optional(
    dnsLabel({ description: "The cluster's name among clients; `metadata.name` when left out." }),
  ),
  groupPrefix: Type.Optional(
    dnsLabel({
      maxLength: 40,
      description: 'Groups are named prefix-index; `metadata.name` when left out.',
    }),
  ),
  groups: integer(0, 64, {
    default: 1,
    description:
      'Number of active groups. To be left out of a RocketMQCluster where `kubectl scale brokerset` or an autoscaler is to set it.',
  }),
  retire: Type.Array(integer(0, 127), {
    default: [],
    uniqueItems: true,
    maxItems: 128,
    description: 'Indexes of groups to drain and remove; the others take their place.',
  }),
  replicas: integer(1, 9, { default: 3, description: 'Brokers in each group.' }),
  durability: oneOf(['Async', 'Quorum', 'All'], {
    default: 'Quorum',
    description: 'Which replicas hold a message before it is acknowledged.',
  }),
  flush: oneOf(['Async', 'Sync'], {
    default: 'Async',
    description: 'Whether an acknowledgement waits for the disk.',
  }),
  uncleanElection: oneOf(['Never', 'Manual'], {
    default: 'Never',
    description: 'Whether a replica that misses messages may become master.',
  }),
  storage: storageBlock('20Gi'),
  retentionHours: integer(1, 8760, {
    default: 72,
    description: 'How long a message is kept after it was stored.',
  }),
  diskWatermarks: block(
    {
      cleanAt: integer(10, 95, {
        default: 75,
        description: 'Percent of the volume above which old messages go at any hour.',
      }),
      forceCleanAt: integer(30, 100, {
        default: 85,
        description: 'Percent above which messages go before their time.',
      }),
      rejectAt: integer(35, 100, {
        default: 90,
        description: 'Percent above which sends are refused.',
      }),
    },
    { default: {}, description: 'What is done as a volume fills.' },
  ),
  config: configField(),
  memory: block(
    {
      heapPercent: integer(20, 80, {
        default: 50,
        description: 'Heap as percent of the memory limit; nothing without a limit.',
      }),
    },
    { default: {}, description: 'How memory is divided.' },
  ),
  advertise: block(
    {
      mode: oneOf(['Hostname', 'PodIP'], {
        default: 'Hostname',
        description: 'What clients are told to connect to.',
      }),
    },
    { default: {}, description: 'Under which address brokers are known.' },
  ),
  external: externalBlock(),
  tls: tlsBlock(),
  auth: authBlock(),
  spread: spreadBlock(),
  update: updateBlock(),
  drain: drainBlock(),
  recovery: recoveryBlock(),
  suspend: Type.Boolean({ default: false, description: 'Stops all brokers, keeping the data.' }),
  probes: probesBlock(),
  networkPolicy: networkPolicyBlock(),
  pod: podBlock(120),
  overrides: overridesBlock(),
});

export type BrokerSetSpec = Static<typeof brokerSetSpec>;

export const brokerSetManifest = manifestOf('BrokerSet', brokerSetSpec);

export type BrokerSet = Static<typeof brokerSetManifest>;

/** What all groups of the set are named after. */
export function groupPrefix({ metadata, spec }: Named<BrokerSetSpec>): string {
  return spec.groupPrefix ?? metadata.name;
}

/** The indexes of the groups that are to exist: the first `groups` that do not retire. */
export function activeGroups({ groups, retire }: BrokerSetSpec): number[] {
  const indexes: number[] = [];
  for (let index = 0; indexes.length < groups; index++) {
    if (!retire.includes(index)) indexes.push(index);
  }
  return indexes;
}

/** The name of the cluster among its clients. */
export function clusterName({ metadata, spec }: Named<BrokerSetSpec>): string {
  return spec.clusterName ?? metadata.name;
}
