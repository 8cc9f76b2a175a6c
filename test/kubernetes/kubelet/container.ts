/**
 * The process of a pod: what `gantry up` makes of a rendered pod, made of one that the API server
 * holds. Pure.
 */
import { join } from 'node:path';
import { type LocalProcess, localProcesses } from '../../../cli/local/local-process.ts';
import type { Networks } from '../../../cli/local/networks.ts';
import type { Pod } from '../../../cli/local/pods.ts';
import type { Probe, Rendered } from '../../../operator/mod.ts';
import type { KubeObject } from '../kube-api.ts';
import { podAddress, withPodAddresses } from './pod-address.ts';

export interface Surroundings {
  readonly seed: string;
  /** Where the node keeps what lives as long as a pod. */
  readonly folder: string;
  readonly pods: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly configMaps: readonly KubeObject[];
  readonly claims: readonly KubeObject[];
  readonly volumes: readonly KubeObject[];
}

/** A pod cannot start yet, for `reason`, as a kubelet would say it. */
export class NotStartable extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

export function containerProcess(pod: KubeObject, around: Surroundings): LocalProcess {
  const { seed, folder } = around;
  const { namespace = '' } = pod.metadata;
  const neighbours = around.pods.filter(({ metadata }) => metadata.namespace === namespace);
  const others = neighbours.filter(({ metadata }) => metadata.name !== pod.metadata.name);
  const pods = [pod, ...others].map((one) => podOf(one, seed, {}));
  const networks: Networks = Object.fromEntries(
    pods.map(({ name }) => {
      const address = podAddress(seed, namespace, name);
      return [name, { address, host: address, ports: {} }];
    }),
  );
  const [process] = localProcesses({
    objects: [
      ...around.services.filter(({ metadata, spec }) => {
        return metadata.namespace === namespace && spec.selector !== undefined;
      }),
      ...configMapsOf(pod, around),
    ] as unknown as Rendered[],
    pods: [podOf(pod, seed, claimsOf(pod, around)), ...pods.slice(1)],
    networks,
    // A claim's folder is its volume's, by its whole path.
    folders: { claims: '/', pods: join(folder, namespace, 'pods') },
  });
  if (process === undefined) throw new TypeError(`Pod ${pod.metadata.name} has no process`);
  return process;
}

/** Nothing but the first pod is looked at as a whole; of others only names and labels are. */
function podOf(pod: KubeObject, seed: string, claims: Readonly<Record<string, string>>): Pod {
  const { name, namespace = '', labels = {}, annotations = {} } = pod.metadata;
  const spec = JSON.parse(withPodAddresses(seed, JSON.stringify(pod['spec']))) as {
    containers: Record<string, unknown>[];
    subdomain?: string;
  };
  const containers = spec.containers.map((container) => ({
    args: [],
    env: [],
    ports: [],
    volumeMounts: [],
    resources: {},
    ...container,
    ...Object.fromEntries(
      ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => {
        return [probe, probeOf((container[probe] ?? container['readinessProbe']) as Probe)];
      }),
    ),
  }));
  return {
    name,
    namespace,
    role: labels['app.kubernetes.io/component'] ?? '',
    serviceName: spec.subdomain ?? '',
    template: {
      metadata: { labels, annotations },
      spec: { ...spec, containers } as unknown as Pod['template']['spec'],
    },
    claims,
  };
}

/** The API server leaves out what is zero. */
function probeOf(probe: Probe | undefined): Probe {
  return {
    httpGet: { path: '/readyz', port: 'management' },
    initialDelaySeconds: 0,
    periodSeconds: 10,
    timeoutSeconds: 1,
    failureThreshold: 3,
    ...probe,
  };
}

interface PodVolume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly configMap?: { readonly name: string; readonly optional?: boolean };
}

export function volumesOf(pod: KubeObject): readonly PodVolume[] {
  return (pod['spec'].volumes ?? []) as PodVolume[];
}

/** The folder of each claim's volume, by the name that the pod has for it. */
function claimsOf(pod: KubeObject, { claims, volumes }: Surroundings): Record<string, string> {
  const { namespace } = pod.metadata;
  const folders = volumesOf(pod).flatMap(({ name, persistentVolumeClaim }) => {
    if (persistentVolumeClaim === undefined) return [];
    const { claimName } = persistentVolumeClaim;
    const claim = claims.find(({ metadata }) => {
      return metadata.namespace === namespace && metadata.name === claimName;
    });
    const volume = volumes.find(({ metadata }) => metadata.name === claim?.['spec'].volumeName);
    const folder = volume?.['spec'].local?.path as string | undefined;
    if (folder === undefined) {
      throw new NotStartable('ContainerCreating', `claim ${claimName} has no volume`);
    }
    return [[name, folder]];
  });
  return Object.fromEntries(folders) as Record<string, string>;
}

function configMapsOf(pod: KubeObject, { seed, configMaps }: Surroundings): KubeObject[] {
  const { namespace } = pod.metadata;
  return volumesOf(pod).flatMap(({ configMap }) => {
    if (configMap === undefined) return [];
    const found = configMaps.find(({ metadata }) => {
      return metadata.namespace === namespace && metadata.name === configMap.name;
    });
    if (found === undefined) {
      throw new NotStartable('ContainerCreating', `configmap "${configMap.name}" not found`);
    }
    const data = (found['data'] ?? {}) as Readonly<Record<string, string>>;
    const texts = Object.entries(data).map(([name, text]) => [name, withPodAddresses(seed, text)]);
    return [{ ...found, kind: 'ConfigMap', data: Object.fromEntries(texts) }];
  });
}
