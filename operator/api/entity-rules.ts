/** Rules that topics and consumer groups share. */
import type { ClusterReference } from './blocks/cluster-reference.ts';
import type { TransitionRule } from './rule.ts';

interface WithCluster {
  readonly clusterRef: ClusterReference;
}

/** One that points elsewhere is another topic or group: the first would stay behind, unowned. */
export function clusterReferenceTransition<Spec extends WithCluster>(): TransitionRule<Spec> {
  return {
    path: 'spec.clusterRef',
    cel: 'self.clusterRef.name == oldSelf.clusterRef.name && self.clusterRef.?namespace == oldSelf.clusterRef.?namespace',
    holds: (now, before) =>
      now.spec.clusterRef.name === before.spec.clusterRef.name &&
      now.spec.clusterRef.namespace === before.spec.clusterRef.namespace,
    message: (_now, before) => `it was ${before.spec.clusterRef.name} and cannot change`,
    celMessage: "'it was ' + oldSelf.clusterRef.name + ' and cannot change'",
  };
}
