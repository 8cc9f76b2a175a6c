export type { BrokerSet } from './api/broker-set.ts';
export { type Definition, definitions } from './api/definitions.ts';
export { forbiddenChanges, type Kind, type KindName, kinds, type StatedRule } from './api/kinds.ts';
export { type Components, readManifest } from './api/manifest.ts';
export { ManifestError, type ManifestProblem } from './api/manifest-error.ts';
export type { NameServer } from './api/name-server.ts';
export type { RocketMQCluster } from './api/rocketmq-cluster.ts';
export { vocabulary } from './api/vocabulary/tables.ts';
export { type KeyTable, keyTable } from './config/key-table.ts';
export type { Operator, OperatorOptions } from './main.ts';
export { type OperatorConfig, operatorSchema } from './options.ts';
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
export { startOperator } from './start.ts';
export { WRONG_IDENTITY } from './workload/pod-facts.ts';
