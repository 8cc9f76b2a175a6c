/**
 * What a `BrokerSet` is made of in Kubernetes: for each group a StatefulSet, its headless Service,
 * its file and its disruption budget, all named as the group. Pure.
 */
import { activeGroups, type BrokerSet, clusterName, groupPrefix } from '../api/broker-set.ts';
import { findBytes } from '../api/quantity.ts';
import { brokerProperties } from '../config/broker-properties.ts';
import { everyKeyRestarts, type KeyTable, type Properties } from '../config/key-table.ts';
import { formatRoleFile, restartHash } from '../config/role-file.ts';
import type {
  ClaimTemplate,
  EnvironmentVariable,
  Rendered,
  ServiceAccount,
  StatefulSet,
} from './kubernetes.ts';
import { labelsOf, type Owner, selectorOf } from './labels.ts';
import { claimTemplates, podTemplate, type Role } from './pod-template.ts';
import { spreadConstraints } from './spread.ts';

export const BROKER_PORT = 10_911;
export const BROKER_FILE = 'broker.conf';

export interface BrokerContext {
  /** What runs where the spec names no version: the operator's own. */
  readonly version: string;
  /** host:port of every name server that `spec.nameServers` stands for. */
  readonly nameServers: readonly string[];
}

/** What differs between the groups of a set, and between the moments of one. */
export interface GroupShape {
  readonly name: string;
  /** All of the group's file. */
  readonly properties: Properties;
  /** Pods of the group: those of the spec when left out. */
  readonly replicas?: number | undefined;
  /** Whether somebody else may take a pod away now, as for the drain of a node. */
  readonly isEvictable?: boolean;
  /** Those of a StatefulSet that exists: they cannot be changed. */
  readonly claimTemplates?: readonly ClaimTemplate[] | undefined;
  /** What becomes of claims, where the spec does not decide. */
  readonly retention?: BrokerSet['spec']['storage']['retention'] | undefined;
}

export interface GroupContext {
  readonly version: string;
  /** Which keys of the file take a restart. */
  readonly keys: Pick<KeyTable, 'isLive'>;
}

/** Everything of a set whose groups are all there and open, as for processes of one machine. */
export function brokerSetObjects(brokerSet: BrokerSet, context: BrokerContext): Rendered[] {
  const { version, nameServers } = context;
  return [
    brokerAccount(brokerSet, version),
    ...activeGroups(brokerSet.spec).flatMap((index) => {
      const name = groupName(brokerSet, index);
      const properties = brokerProperties(brokerSet, { group: name, nameServers });
      return groupObjects(brokerSet, { name, properties }, { version, keys: everyKeyRestarts });
    }),
  ];
}

export function groupName(brokerSet: BrokerSet, index: number): string {
  return `${groupPrefix(brokerSet)}-${index}`;
}

/** The account of all pods of the set: they need no rights, and get no token. */
export function brokerAccount(brokerSet: BrokerSet, version: string): ServiceAccount {
  const { metadata } = brokerSet;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: serviceAccount(brokerSet),
      namespace: metadata.namespace,
      labels: labelsOf(ownerOf(brokerSet, version)),
    },
    automountServiceAccountToken: false,
  };
}

/** In the order in which they are needed: the StatefulSet is the last. */
export function groupObjects(
  brokerSet: BrokerSet,
  shape: GroupShape,
  { version, keys }: GroupContext,
): Rendered[] {
  const { metadata, spec } = brokerSet;
  const { name, properties, isEvictable = true } = shape;
  const owner: Owner = {
    ...ownerOf(brokerSet, version),
    group: name,
    clusterName: clusterName(brokerSet),
  };
  const selector = selectorOf(owner);
  const meta = { name, namespace: metadata.namespace, labels: labelsOf(owner) };
  const role: Role = {
    owner,
    spec,
    file: { name: BROKER_FILE, configMap: name },
    restartHash: restartHash(properties, keys),
    listenPort: BROKER_PORT,
    assignments: [`brokerIP1=${advertised(brokerSet, name)}`],
    env: heapLimit(brokerSet),
    serviceAccount: serviceAccount(brokerSet),
    spreadConstraints: spreadConstraints(spec.spread, {
      all: selectorOf(ownerOf(brokerSet, version)),
      group: selector,
    }),
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta,
      data: { [BROKER_FILE]: formatRoleFile(properties) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector,
        ports: [{ name: 'remoting', port: BROKER_PORT, targetPort: 'remoting' }],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: meta,
      spec: { maxUnavailable: isEvictable ? 1 : 0, selector: { matchLabels: selector } },
    },
    statefulSet(brokerSet, role, shape),
  ];
}

function statefulSet({ metadata, spec }: BrokerSet, role: Role, shape: GroupShape): StatefulSet {
  const { name, replicas = spec.suspend ? 0 : spec.replicas } = shape;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: metadata.namespace, labels: labelsOf(role.owner) },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      // The operator rolls brokers itself: it knows which of them is the master.
      updateStrategy: { type: 'OnDelete' },
      persistentVolumeClaimRetentionPolicy: shape.retention ?? spec.storage.retention,
      selector: { matchLabels: selectorOf(role.owner) },
      template: podTemplate(role),
      volumeClaimTemplates: shape.claimTemplates ?? claimTemplates(role),
    },
  };
}

function ownerOf({ metadata, spec }: BrokerSet, version: string): Owner {
  return { component: 'broker', metadata, version: spec.version ?? version };
}

/** What clients are told; the kubelet fills in the pod's own name or address. */
function advertised({ metadata, spec }: BrokerSet, group: string): string {
  if (spec.advertise.mode === 'PodIP') return '$(POD_IP)';
  return `$(POD_NAME).${group}.${metadata.namespace}.svc`;
}

/** Node knows nothing of the container's limit when it sizes its heap. */
function heapLimit({ spec }: BrokerSet): EnvironmentVariable[] {
  const limits = spec.pod.resources['limits'] as Readonly<Record<string, unknown>> | undefined;
  const limitBytes = findBytes(limits?.['memory']);
  // What is no amount the API server refuses, in its own words.
  if (limitBytes === undefined) return [];
  const heapBytes = (limitBytes * spec.memory.heapPercent) / 100;
  const heapMiB = Math.floor(heapBytes / 2 ** 20);
  return [{ name: 'NODE_OPTIONS', value: `--max-old-space-size=${heapMiB}` }];
}

function serviceAccount({ metadata }: BrokerSet): string {
  return `${metadata.name}-broker`;
}
