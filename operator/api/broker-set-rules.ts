/** What a `BrokerSet` must satisfy beyond its single fields, and what of it comes later. */
import { type BrokerSetSpec, clusterName, groupPrefix } from './broker-set.ts';
import { overrideRules, type ReservedKeys, reservedRule } from './role-config.ts';
import type { Later, LocalTransition, Named, Rule, TransitionRule } from './rule.ts';
import { laterInEveryRole, storageTransitions, unchangedName } from './shared-rules.ts';

/** The name of a pod, with the hash of its revision, must fit a label. */
const GROUP_NAME_LENGTH_MAX = 42;

/** Keys of broker.conf that the operator renders itself, and what to use instead. */
export const reservedBrokerKeys: ReservedKeys = {
  brokerClusterName: 'use `clusterName`',
  brokerName: 'use `groupPrefix`',
  brokerId: 'the place in the group decides it',
  brokerRole: 'the place in the group decides it',
  brokerIP1: 'use `advertise`',
  brokerIP2: 'the pod decides it',
  bindAddress: 'the pod decides it',
  listenPort: 'it is always 10911',
  managementPort: 'it is always 8090',
  haListenPort: 'it is always 10912',
  namesrvAddr: 'use `nameServers`',
  fetchNamesrvAddrByAddressServer: 'use `nameServers`',
  storePathRootDir: 'it is on the volume of the pod',
  storePathCommitLog: 'it is on the volume of the pod',
  storePathConsumeQueue: 'it is on the volume of the pod',
  storePathIndex: 'it is on the volume of the pod',
  storeCheckpoint: 'it is on the volume of the pod',
  abortFile: 'it is on the volume of the pod',
  brokerConfigPath: 'it is on the volume of the pod',
  rocketmqHome: 'it is on the volume of the pod',
  brokerPermission: 'the operator uses it to drain a group',
  enableControllerMode: 'use `controllers`',
  controllerAddr: 'use `controllers`',
  fetchControllerAddrByDnsLookup: 'use `controllers`',
  haMasterAddress: 'use `controllers`',
  totalReplicas: 'use `replicas`',
  inSyncReplicas: 'use `durability`',
  minInSyncReplicas: 'use `durability`',
  allAckInSyncStateSet: 'use `durability`',
  enableAutoInSyncReplicas: 'use `durability`',
  flushDiskType: 'use `flush`',
  fileReservedTime: 'use `retentionHours`',
  diskMaxUsedSpaceRatio: 'use `diskWatermarks.cleanAt`',
  diskSpaceCleanForciblyRatio: 'use `diskWatermarks.forceCleanAt`',
  diskSpaceWarningLevelRatio: 'use `diskWatermarks.rejectAt`',
};

/** CEL of how many groups there may be, those that retire included. */
const INDEXES = 'self.spec.groups + size(self.spec.retire)';
const PREFIX_LENGTH =
  '(has(self.spec.groupPrefix) ? size(self.spec.groupPrefix) : size(self.metadata.name))';
const INDEX_LENGTH = `(${INDEXES} > 100 ? 3 : (${INDEXES} > 10 ? 2 : 1))`;

export const brokerSetRules: readonly Rule<BrokerSetSpec>[] = [
  {
    path: 'spec.nameServers',
    cel: 'has(self.nameServers.ref) != has(self.nameServers.addresses)',
    holds: ({ spec: { nameServers } }) =>
      (nameServers.ref === undefined) !== (nameServers.addresses === undefined),
    message: 'exactly one of `ref` and `addresses` says where the name servers are',
  },
  {
    path: 'spec.groupPrefix',
    at: 'root',
    cel: `${PREFIX_LENGTH} + 1 + ${INDEX_LENGTH} <= ${GROUP_NAME_LENGTH_MAX}`,
    holds: (manifest) => longestGroupName(manifest).length <= GROUP_NAME_LENGTH_MAX,
    message: (manifest) => {
      const name = longestGroupName(manifest);
      return `the group "${name}" has ${name.length} letters, at most ${GROUP_NAME_LENGTH_MAX} fit the names of its pods; set a shorter one`;
    },
    stated: `prefix, dash and index have at most ${GROUP_NAME_LENGTH_MAX} letters, to fit the names of pods; set a shorter one`,
  },
  {
    path: 'spec.retire',
    cel: 'self.retire.all(index, index < self.groups + size(self.retire))',
    holds: ({ spec: { retire, groups } }) =>
      retire.every((index) => index < groups + retire.length),
    message: ({ spec: { retire, groups } }) =>
      `names a group that does not exist: there are groups 0 to ${groups + retire.length - 1}`,
    stated: 'names a group that does not exist: indexes go from 0 to groups + retire - 1',
  },
  {
    path: 'spec.durability',
    cel: "self.durability != 'All' || self.replicas >= 2",
    holds: ({ spec }) => spec.durability !== 'All' || spec.replicas >= 2,
    message: ({ spec }) =>
      `All needs a second copy, and replicas is ${spec.replicas}; say Async or Quorum`,
    stated: 'All needs a second copy: raise `replicas`, or say Async or Quorum',
  },
  {
    path: 'spec.diskWatermarks',
    cel: 'self.diskWatermarks.cleanAt < self.diskWatermarks.forceCleanAt && self.diskWatermarks.forceCleanAt < self.diskWatermarks.rejectAt',
    holds: ({ spec: { diskWatermarks } }) =>
      diskWatermarks.cleanAt < diskWatermarks.forceCleanAt &&
      diskWatermarks.forceCleanAt < diskWatermarks.rejectAt,
    message: ({ spec: { diskWatermarks } }) => {
      const { cleanAt, forceCleanAt, rejectAt } = diskWatermarks;
      return `cleanAt ${cleanAt}, forceCleanAt ${forceCleanAt}, rejectAt ${rejectAt}: each must be above the one before`;
    },
    stated: 'cleanAt, forceCleanAt, rejectAt: each must be above the one before',
  },
  ...Object.entries(reservedBrokerKeys).map(([key, why]) => reservedRule<BrokerSetSpec>(key, why)),
  ...overrideRules<BrokerSetSpec>(),
];

export const brokerSetTransitions: readonly TransitionRule<BrokerSetSpec>[] = [
  {
    path: 'spec.clusterName',
    at: 'root',
    cel: unchangedName('clusterName'),
    holds: (now, before) => clusterName(now) === clusterName(before),
    message: (_now, before) => `it was ${clusterName(before)} and cannot change`,
    stated: 'it cannot change',
  },
  {
    path: 'spec.groupPrefix',
    at: 'root',
    cel: unchangedName('groupPrefix'),
    holds: (now, before) => groupPrefix(now) === groupPrefix(before),
    message: (_now, before) => `it was ${groupPrefix(before)} and cannot change`,
    stated: 'it cannot change',
  },
  ...storageTransitions<BrokerSetSpec>(),
];

/** Changes that `gantry up` cannot make; the operator takes away a group that holds nothing. */
export const brokerSetLocalTransitions: readonly LocalTransition<BrokerSetSpec>[] = [
  {
    path: 'spec.groups',
    holds: (now, before) => now.spec.groups >= before.spec.groups,
    message: (now, before) =>
      `${before.spec.groups} groups cannot become ${now.spec.groups} here: taking one away is the operator's; leave it at ${before.spec.groups}`,
  },
];

export const brokerSetLater: readonly Later[] = [
  {
    path: 'spec.replicas',
    reason: 'replicas come with replication',
    remedy: 'write `replicas: 1` (left out, it is 3)',
    works: [1],
  },
  {
    path: 'spec.controllers',
    reason: 'controllers come with replication',
    remedy: 'leave it out',
  },
  {
    path: 'spec.uncleanElection',
    reason: 'elections come with replication',
    remedy: 'leave it out',
  },
  {
    path: 'spec.retire',
    reason: "retiring a group is the operator's",
    remedy: 'leave it out',
    onlyIn: 'operator',
  },
  {
    path: 'spec.drain.policy',
    reason: 'a group is taken away when it is empty, or not at all: emptying one comes later',
    remedy: 'say Automatic or Forbid',
    works: ['Automatic', 'Forbid'],
  },
  { path: 'spec.drain.timeout', reason: 'emptying a group comes later', remedy: 'leave it out' },
  ...['settle', 'orderedTopics', 'noSubscriberTopics'].map(
    (field): Later => ({
      path: `spec.drain.${field}`,
      reason: "taking a group away is the operator's",
      remedy: 'leave it out',
      onlyIn: 'operator',
    }),
  ),
  {
    path: 'spec.update.handover',
    reason: 'handing a group over comes with replication',
    remedy: 'leave it out',
  },
  {
    path: 'spec.update.supervised',
    reason: 'a go before each group comes with handing it over',
    remedy: 'leave it out',
  },
  ...['maxUnavailableGroups', 'settle', 'progressDeadline'].map(
    (field): Later => ({
      path: `spec.update.${field}`,
      reason: "rolling updates are the operator's",
      remedy: 'leave it out',
      onlyIn: 'operator',
    }),
  ),
  ...['replaceLostVolumes', 'after'].map(
    (field): Later => ({
      path: `spec.recovery.${field}`,
      reason: 'replacing a volume needs a second copy, which comes with replication',
      remedy: 'leave it out',
    }),
  ),
  {
    path: 'spec.recovery.forceDeletePodsOfDeletedNodes',
    reason: "repairs are the operator's",
    remedy: 'leave it out',
    onlyIn: 'operator',
  },
  {
    path: 'spec.external',
    reason: 'access from outside of the cluster comes later',
    remedy: 'leave it out',
  },
  { path: 'spec.auth', reason: 'authentication comes later', remedy: 'leave it out' },
  {
    path: 'spec.networkPolicy',
    reason: 'network policies come later',
    remedy: 'leave it out',
  },
  ...laterInEveryRole,
];

function longestGroupName(manifest: Named<BrokerSetSpec>): string {
  const { groups, retire } = manifest.spec;
  return `${groupPrefix(manifest)}-${Math.max(0, groups + retire.length - 1)}`;
}
