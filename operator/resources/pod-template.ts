/**
 * The pod of a role: one container that runs `gantry <role>` from a rendered file, as Pod Security
 * "restricted" wants it. What differs between roles is the `Role`; what the user may say is the
 * `pod` block of the spec, and `overrides.pod` has the last word.
 */
import type { ImageSpec } from '../api/blocks/image.ts';
import type { PodOptions } from '../api/blocks/pod.ts';
import type { ProbesSpec } from '../api/blocks/probes.ts';
import type { StorageSpec } from '../api/blocks/storage.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import { labels, MANAGED_BY } from '../api/vocabulary/labels.ts';
import { CONFIG_FOLDER, DATA_FOLDER } from '../config/folders.ts';
import type {
  ClaimTemplate,
  Container,
  EnvironmentVariable,
  PodSpec,
  PodTemplate,
  Probe,
  Volume,
} from './kubernetes.ts';
import { dataOwner, labelsOf, type Owner, selectorOf } from './labels.ts';
import { mergePatch } from './merge-patch.ts';

const MANAGEMENT_PORT = 8090;

/** A claim of it is named `data-<pod>`. */
export const DATA_VOLUME = 'data';

interface PodOwnerSpec extends ImageSpec {
  readonly pod: PodOptions;
  readonly probes: ProbesSpec;
  readonly storage: StorageSpec;
  readonly overrides: { readonly pod?: unknown };
}

export interface Role {
  readonly owner: Owner;
  readonly spec: PodOwnerSpec;
  /** `broker.conf`, in the ConfigMap `configMap`. */
  readonly file: { readonly name: string; readonly configMap: string };
  /** Of all that a process reads at its start only: pods of another are outdated. */
  readonly restartHash: string;
  readonly listenPort: number;
  /** `key=value` for what differs between the pods of one file. */
  readonly assignments: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly serviceAccount: string;
  readonly spreadConstraints: readonly Readonly<Record<string, unknown>>[];
}

/** The image of `version` unless the user names another. */
function imageOf({ image, version }: ImageSpec, ownVersion: string): string {
  return image ?? `gantry:${version ?? ownVersion}`;
}

export function podTemplate(role: Role): PodTemplate {
  const { owner, spec, restartHash } = role;
  const { pod } = spec;
  const restartedAt = owner.metadata.annotations[annotations.restartedAt.name];
  const template: PodTemplate = {
    metadata: {
      labels: { ...pod.labels, ...labelsOf(owner) },
      annotations: {
        ...pod.annotations,
        [annotations.restartHash.name]: restartHash,
        ...(restartedAt !== undefined && { [annotations.restartedAt.name]: restartedAt }),
      },
    },
    spec: podSpec(role),
  };
  return mergePatch(template, spec.overrides.pod ?? {});
}

function podSpec(role: Role): PodSpec {
  const { spec, serviceAccount, spreadConstraints } = role;
  const { pod } = spec;
  const spread =
    pod.topologySpreadConstraints.length > 0 ? pod.topologySpreadConstraints : spreadConstraints;
  return {
    serviceAccountName: pod.serviceAccountName ?? serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      ...pod.securityContext,
    },
    ...(spec.imagePullSecrets.length > 0 && {
      imagePullSecrets: spec.imagePullSecrets.map((name) => ({ name })),
    }),
    ...given({
      nodeSelector: pod.nodeSelector,
      priorityClassName: pod.priorityClassName,
      runtimeClassName: pod.runtimeClassName,
      schedulerName: pod.schedulerName,
      affinity: pod.affinity,
      tolerations: pod.tolerations,
      topologySpreadConstraints: spread,
    }),
    containers: [container(role), ...pod.sidecars],
    volumes: volumesOf(role),
  };
}

function container(role: Role): Container {
  const { owner, spec, file, listenPort, assignments, env } = role;
  const { pod, probes } = spec;
  return {
    name: owner.component,
    image: imageOf(spec, owner.version),
    imagePullPolicy: spec.imagePullPolicy,
    command: ['gantry'],
    args: [owner.component, '-c', `${CONFIG_FOLDER}/${file.name}`, ...assignments],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ...env,
      ...(pod.env as readonly unknown[] as readonly EnvironmentVariable[]),
    ],
    ports: [
      { name: 'remoting', containerPort: listenPort },
      { name: 'management', containerPort: MANAGEMENT_PORT },
    ],
    resources: pod.resources,
    startupProbe: probe('/readyz', probes.startup),
    readinessProbe: probe('/readyz', probes.readiness),
    livenessProbe: probe('/livez', probes.liveness),
    // What it said last is why it ended: the operator says it on.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      ...pod.containerSecurityContext,
    },
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
      { name: DATA_VOLUME, mountPath: DATA_FOLDER },
      { name: 'tmp', mountPath: '/tmp' },
      ...(pod.volumeMounts as readonly unknown[] as Container['volumeMounts']),
    ],
  };
}

function probe(path: string, times: ProbesSpec['startup']): Probe {
  return { httpGet: { path, port: 'management' }, ...times };
}

function volumesOf({ spec, file }: Role): PodSpec['volumes'] {
  const { ephemeral } = spec.storage;
  const data: Volume[] =
    ephemeral === undefined ? [] : [{ name: DATA_VOLUME, emptyDir: ephemeral }];
  return [
    { name: 'config', configMap: { name: file.configMap } },
    ...data,
    { name: 'tmp', emptyDir: {} },
    ...(spec.pod.volumes as readonly unknown[] as readonly Volume[]),
  ];
}

/**
 * The claim of each pod; none when the data may die with it. It says from its first moment on whose
 * data it holds: a claim outlives its owner, and may be found by another of the same name.
 */
export function claimTemplates({ owner, spec: { storage } }: Role): ClaimTemplate[] {
  if (storage.ephemeral !== undefined) return [];
  const { size, storageClassName, volumeAttributesClassName, accessModes } = storage;
  return [
    {
      metadata: {
        name: DATA_VOLUME,
        labels: { ...selectorOf(owner), [labels.managedBy.name]: MANAGED_BY },
        annotations: { [annotations.owner.name]: dataOwner(owner) },
      },
      spec: {
        accessModes,
        resources: { requests: { storage: size } },
        ...given({ storageClassName, volumeAttributesClassName }),
      },
    },
  ];
}

/** What there is something in. */
function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([, value]) => {
    if (Array.isArray(value)) return value.length > 0;
    return value !== undefined && Object.keys(value as object).length > 0;
  });
  return Object.fromEntries(entries);
}
