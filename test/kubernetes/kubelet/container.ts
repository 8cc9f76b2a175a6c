/**
 * The process of a pod: what `gantry up` makes of a rendered pod, made of one that the API server
 * holds. Pure.
 */
import { join } from 'node:path';
import { type LocalProcess, localProcesses } from '../../../cli/local/local-process.ts';
import type { Pod } from '../../../cli/local/pods.ts';
import type { Probe, Rendered } from '../../../operator/mod.ts';
import type { KubeObject } from '../kube-api.ts';
import { podAddress } from './pod-address.ts';
import { resolving } from './pod-names.ts';

export interface Surroundings {
  readonly seed: string;
  /** Where the node keeps what lives as long as a pod. */
  readonly folder: string;
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
  const { name, namespace = '' } = pod.metadata;
  const address = podAddress(seed, namespace, name);
  const [process] = localProcesses({
    objects: configMapsOf(pod, around) as unknown as Rendered[],
    pods: [podOf(pod, claimsOf(pod, around))],
    networks: { [name]: { address, host: address, ports: {} } },
    // A claim's folder is its volume's, by its whole path.
    folders: { claims: '/', pods: join(folder, namespace, 'pods') },
  });
  if (process === undefined) throw new TypeError(`Pod ${name} has no process`);
  return { ...process, env: { ...process.env, ...resolving(seed, process.env['NODE_OPTIONS']) } };
}

/** Its names are left as they are, for the operator reads back what it wrote: see pod-names.ts. */
function podOf(pod: KubeObject, claims: Readonly<Record<string, string>>): Pod {
  const { name, namespace = '', labels = {}, annotations = {} } = pod.metadata;
  const spec = pod['spec'] as { containers: Record<string, unknown>[] };
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
    serviceName: '',
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

function configMapsOf(pod: KubeObject, { configMaps }: Surroundings): KubeObject[] {
  const { namespace } = pod.metadata;
  return volumesOf(pod).flatMap(({ configMap }) => {
    if (configMap === undefined) return [];
    const found = configMaps.find(({ metadata }) => {
      return metadata.namespace === namespace && metadata.name === configMap.name;
    });
    if (found === undefined) {
      throw new NotStartable('ContainerCreating', `configmap "${configMap.name}" not found`);
    }
    // Items of a list have no kind.
    return [{ ...found, kind: 'ConfigMap' }];
  });
}
