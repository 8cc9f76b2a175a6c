/**
 * What a `BrokerSet` is made of in Kubernetes: for each active group a StatefulSet, its headless
 * Service, its file and its disruption budget, all named as the group. Pure.
 */
import { activeGroups, type BrokerSet, groupPrefix } from '../api/broker-set.ts';
import { parseQuantity } from '../api/scalars.ts';
import { brokerProperties } from '../config/broker-properties.ts';
import { formatRoleFile } from '../config/role-file.ts';
import type { EnvironmentVariable, Rendered, StatefulSet } from './kubernetes.ts';
import { labelsOf, type Owner, selectorOf } from './labels.ts';
import { claimTemplates, podTemplate, type Role } from './pod-template.ts';

const BROKER_PORT = 10_911;
const FILE = 'broker.conf';

export interface BrokerContext {
  /** What runs where the spec names no version: the operator's own. */
  readonly version: string;
  /** host:port of every name server that `spec.nameServers` stands for. */
  readonly nameServers: readonly string[];
}

export function brokerSetObjects(brokerSet: BrokerSet, context: BrokerContext): Rendered[] {
  const { metadata, spec } = brokerSet;
  const owner: Owner = {
    component: 'broker',
    metadata,
    version: spec.version ?? context.version,
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: serviceAccount(brokerSet),
        namespace: metadata.namespace,
        labels: labelsOf(owner),
      },
      automountServiceAccountToken: false,
    },
    ...activeGroups(spec).flatMap((index) => {
      const group = `${groupPrefix(brokerSet)}-${index}`;
      return groupObjects(brokerSet, { ...owner, group }, group, context);
    }),
  ];
}

function groupObjects(
  brokerSet: BrokerSet,
  owner: Owner,
  group: string,
  { nameServers }: BrokerContext,
): Rendered[] {
  const { metadata, spec } = brokerSet;
  const selector = selectorOf(owner);
  const meta = { name: group, namespace: metadata.namespace, labels: labelsOf(owner) };
  const text = formatRoleFile(brokerProperties(brokerSet, { group, nameServers }));
  const role: Role = {
    owner,
    spec,
    file: { name: FILE, text, configMap: group },
    listenPort: BROKER_PORT,
    assignments: [`brokerIP1=${advertised(brokerSet, group)}`],
    env: heapLimit(brokerSet),
    serviceAccount: serviceAccount(brokerSet),
    spreadConstraints: spreadConstraints(brokerSet, selector),
  };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { [FILE]: text } },
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
      spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
    },
    statefulSet(brokerSet, role),
  ];
}

function statefulSet({ metadata, spec }: BrokerSet, role: Role): StatefulSet {
  const selector = selectorOf(role.owner);
  const name = role.file.configMap;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace: metadata.namespace, labels: labelsOf(role.owner) },
    spec: {
      replicas: spec.suspend ? 0 : spec.replicas,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      // The operator rolls brokers itself: it knows which of them is the master.
      updateStrategy: { type: 'OnDelete' },
      persistentVolumeClaimRetentionPolicy: spec.storage.retention,
      selector: { matchLabels: selector },
      template: podTemplate(role),
      volumeClaimTemplates: claimTemplates(spec.storage, selector),
    },
  };
}

/** What clients are told; the kubelet fills in the pod's own name or address. */
function advertised({ metadata, spec }: BrokerSet, group: string): string {
  if (spec.advertise.mode === 'PodIP') return '$(POD_IP)';
  return `$(POD_NAME).${group}.${metadata.namespace}.svc`;
}

/** Node knows nothing of the container's limit when it sizes its heap. */
function heapLimit({ spec }: BrokerSet): EnvironmentVariable[] {
  const limits = spec.pod.resources['limits'] as Readonly<Record<string, unknown>> | undefined;
  const memory = limits?.['memory'];
  if (typeof memory !== 'string' && typeof memory !== 'number') return [];
  const heapBytes = (parseQuantity(String(memory)) * spec.memory.heapPercent) / 100;
  const heapMiB = Math.floor(heapBytes / 2 ** 20);
  return [{ name: 'NODE_OPTIONS', value: `--max-old-space-size=${heapMiB}` }];
}

function spreadConstraints(
  { spec: { spread } }: BrokerSet,
  selector: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>>[] {
  const wanted = [
    { topologyKey: 'topology.kubernetes.io/zone', strength: spread.zone },
    { topologyKey: 'kubernetes.io/hostname', strength: spread.host },
  ];
  return wanted
    .filter(({ strength }) => strength !== 'Disabled')
    .map(({ topologyKey, strength }) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: strength === 'Required' ? 'DoNotSchedule' : 'ScheduleAnyway',
      labelSelector: { matchLabels: selector },
    }));
}

function serviceAccount({ metadata }: BrokerSet): string {
  return `${metadata.name}-broker`;
}
