/** What a `NameServer` is made of in Kubernetes. Pure. */
import type { NameServer } from '../api/name-server.ts';
import { everyKeyRestarts, type KeyTable, type Properties } from '../config/key-table.ts';
import { nameServerProperties } from '../config/name-server-properties.ts';
import { formatRoleFile, restartHash } from '../config/role-file.ts';
import type { ClaimTemplate, Rendered, Service, StatefulSet } from './kubernetes.ts';
import { labelsOf, type Owner, selectorOf } from './labels.ts';
import { claimTemplates, podTemplate, type Role } from './pod-template.ts';
import { spreadConstraints } from './spread.ts';

export const NAME_SERVER_PORT = 9876;
export const NAME_SERVER_FILE = 'namesrv.conf';

/** Each is complete in itself: any one that is left serves. */
const APART = { zone: 'Preferred', host: 'Preferred' } as const;

/** What differs between the moments of a name server's life. */
export interface NameServerShape {
  /** All of its file: what the spec says, when left out. */
  readonly properties?: Properties;
  /** Those of a StatefulSet that exists: they cannot be changed. */
  readonly claimTemplates?: readonly ClaimTemplate[] | undefined;
  /** Which keys of the file take a restart; all, when left out. */
  readonly keys?: Pick<KeyTable, 'isLive'>;
}

/** `version` is what runs where the spec names none: the operator's own. */
export function nameServerObjects(
  nameServer: NameServer,
  version: string,
  shape: NameServerShape = {},
): Rendered[] {
  const { metadata, spec } = nameServer;
  const { properties = nameServerProperties(spec), keys = everyKeyRestarts } = shape;
  const name = workloadName(nameServer);
  const owner: Owner = { component: 'nameserver', metadata, version: spec.version ?? version };
  const meta = { name, namespace: metadata.namespace, labels: labelsOf(owner) };
  const role: Role = {
    owner,
    spec,
    file: { name: NAME_SERVER_FILE, configMap: name },
    restartHash: restartHash(properties, keys),
    listenPort: NAME_SERVER_PORT,
    assignments: [],
    env: [],
    serviceAccount: name,
    spreadConstraints: spreadConstraints(APART, { all: selectorOf(owner) }),
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta,
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta,
      data: { [NAME_SERVER_FILE]: formatRoleFile(properties) },
    },
    headless({ ...meta, name: headlessName(nameServer) }, owner),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...meta, annotations: spec.service.annotations },
      spec: {
        type: spec.service.type,
        selector: selectorOf(owner),
        ports: [{ name: 'remoting', port: NAME_SERVER_PORT, targetPort: 'remoting' }],
      },
    },
    statefulSet(nameServer, role, shape.claimTemplates),
  ];
}

/** Every name server by its own name: brokers and clients use all of them. */
export function nameServerAddresses(nameServer: NameServer): string[] {
  const { metadata, spec } = nameServer;
  const domain = `${headlessName(nameServer)}.${metadata.namespace}.svc`;
  return Array.from({ length: spec.replicas }, (_, ordinal) => {
    return `${workloadName(nameServer)}-${ordinal}.${domain}:${NAME_SERVER_PORT}`;
  });
}

function statefulSet(
  nameServer: NameServer,
  role: Role,
  existing: readonly ClaimTemplate[] | undefined,
): StatefulSet {
  const { metadata, spec } = nameServer;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: workloadName(nameServer),
      namespace: metadata.namespace,
      labels: labelsOf(role.owner),
    },
    spec: {
      replicas: spec.replicas,
      serviceName: headlessName(nameServer),
      podManagementPolicy: 'Parallel',
      // The operator rolls name servers itself, and only while another one answers.
      updateStrategy: { type: 'OnDelete' },
      persistentVolumeClaimRetentionPolicy: spec.storage.retention,
      selector: { matchLabels: selectorOf(role.owner) },
      template: podTemplate(role),
      volumeClaimTemplates: existing ?? claimTemplates(role),
    },
  };
}

function headless(metadata: Service['metadata'], owner: Owner): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'ClusterIP',
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selectorOf(owner),
      ports: [{ name: 'remoting', port: NAME_SERVER_PORT, targetPort: 'remoting' }],
    },
  };
}

export function workloadName({ metadata }: NameServer): string {
  return `${metadata.name}-nameserver`;
}

function headlessName(nameServer: NameServer): string {
  return `${workloadName(nameServer)}-headless`;
}
