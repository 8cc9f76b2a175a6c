/** What a `NameServer` is made of in Kubernetes. Pure. */
import type { NameServer } from '../api/name-server.ts';
import { nameServerProperties } from '../config/name-server-properties.ts';
import { formatRoleFile } from '../config/role-file.ts';
import type { Rendered, Service, StatefulSet } from './kubernetes.ts';
import { labelsOf, type Owner, selectorOf } from './labels.ts';
import { claimTemplates, podTemplate, type Role } from './pod-template.ts';

const NAME_SERVER_PORT = 9876;
const FILE = 'namesrv.conf';

/** `version` is what runs where the spec names none: the operator's own. */
export function nameServerObjects(nameServer: NameServer, version: string): Rendered[] {
  const { metadata, spec } = nameServer;
  const name = workloadName(nameServer);
  const owner: Owner = { component: 'nameserver', metadata, version: spec.version ?? version };
  const meta = { name, namespace: metadata.namespace, labels: labelsOf(owner) };
  const text = formatRoleFile(nameServerProperties(spec));
  const role: Role = {
    owner,
    spec,
    file: { name: FILE, text, configMap: name },
    listenPort: NAME_SERVER_PORT,
    assignments: [],
    env: [],
    serviceAccount: name,
    spreadConstraints: [],
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta,
      automountServiceAccountToken: false,
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { [FILE]: text } },
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
    statefulSet(nameServer, role),
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

function statefulSet(nameServer: NameServer, role: Role): StatefulSet {
  const { metadata, spec } = nameServer;
  const selector = selectorOf(role.owner);
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
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: spec.storage.retention,
      selector: { matchLabels: selector },
      template: podTemplate(role),
      volumeClaimTemplates: claimTemplates(spec.storage, selector),
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

function workloadName({ metadata }: NameServer): string {
  return `${metadata.name}-nameserver`;
}

function headlessName(nameServer: NameServer): string {
  return `${workloadName(nameServer)}-headless`;
}
