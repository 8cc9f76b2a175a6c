export type { BrokerSet } from './api/broker-set.ts';
export { forbiddenChanges } from './api/kinds.ts';
export { type Components, readManifest } from './api/manifest.ts';
export { ManifestError, type ManifestProblem } from './api/manifest-error.ts';
export type { NameServer } from './api/name-server.ts';
export type { RocketMQCluster } from './api/rocketmq-cluster.ts';
export { componentObjects } from './resources/components.ts';
export type {
  ConfigMap,
  Container,
  KubernetesObject,
  PodSpec,
  PodTemplate,
  Probe,
  Rendered,
  Service,
  StatefulSet,
} from './resources/kubernetes.ts';
