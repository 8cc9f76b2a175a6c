/** Clusters as tests want them: small, and in less of a hurry to wait than those of production. */
import { stringify } from 'yaml';

export interface ClusterOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly groups?: number;
  readonly size?: string;
  readonly storageClass?: string;
  readonly image?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly progressDeadline?: string;
  /** Variables of the brokers. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Called `it` unless said, with the broker set `it-broker` and the name server `it`. */
export function clusterManifest(options: ClusterOptions = {}): string {
  const { name = 'it', namespace = 'default', groups = 1, size = '1Gi' } = options;
  const { storageClass, image, config, annotations, progressDeadline = '20s' } = options;
  const env = Object.entries(options.env ?? {}).map(([key, value]) => ({ name: key, value }));
  const pod = {
    terminationGracePeriodSeconds: 10,
    annotations,
    ...(env.length > 0 && { env }),
  };
  // What is undefined is left out.
  return stringify({
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'RocketMQCluster',
    metadata: { name, namespace },
    spec: {
      nameServer: { replicas: 1, pod: { terminationGracePeriodSeconds: 5 } },
      brokerSets: [
        {
          name: 'broker',
          groups,
          replicas: 1,
          durability: 'Async',
          storage: { size, storageClassName: storageClass },
          update: { settle: '1s', progressDeadline },
          probes: { readiness: { periodSeconds: 1 } },
          pod,
          image,
          config,
        },
      ],
    },
  });
}
