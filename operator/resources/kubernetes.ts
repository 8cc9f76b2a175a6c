/** The shape of the Kubernetes objects that are rendered, as far as they are rendered. */

export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KubernetesObject<Kind extends string = string> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

type Opaque = Readonly<Record<string, unknown>>;

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string | number };
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: Opaque;
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly terminationMessagePolicy: string;
  readonly securityContext: Opaque;
  readonly volumeMounts: readonly VolumeMount[];
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly emptyDir?: Opaque;
}

export interface PodSpec {
  readonly containers: readonly [Container, ...(Container | Opaque)[]];
  readonly volumes: readonly (Volume | (Opaque & { readonly name: string }))[];
  readonly terminationGracePeriodSeconds: number;
  readonly [field: string]: unknown;
}

export interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

export interface ClaimTemplate {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Opaque;
}

export interface StatefulSet extends KubernetesObject<'StatefulSet'> {
  readonly spec: {
    readonly replicas: number;
    readonly serviceName: string;
    readonly podManagementPolicy: 'Parallel';
    readonly updateStrategy: { readonly type: 'OnDelete' };
    readonly persistentVolumeClaimRetentionPolicy: Opaque;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: PodTemplate;
    readonly volumeClaimTemplates: readonly ClaimTemplate[];
  };
}

export interface Service extends KubernetesObject<'Service'> {
  readonly spec: {
    readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
    readonly clusterIP?: 'None';
    readonly publishNotReadyAddresses?: boolean;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly {
      readonly name: string;
      readonly port: number;
      readonly targetPort: string;
    }[];
  };
}

export interface ConfigMap extends KubernetesObject<'ConfigMap'> {
  readonly data: Readonly<Record<string, string>>;
}

export interface ServiceAccount extends KubernetesObject<'ServiceAccount'> {
  readonly automountServiceAccountToken: false;
}

export interface PodDisruptionBudget extends KubernetesObject<'PodDisruptionBudget'> {
  readonly spec: {
    readonly maxUnavailable: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

/** Everything a component is made of. */
export type Rendered = StatefulSet | Service | ConfigMap | ServiceAccount | PodDisruptionBudget;
