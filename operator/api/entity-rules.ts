/** Rules that topics and consumer groups share. */
import type { ClusterReference } from './blocks/cluster-reference.ts';
import type { TransitionRule } from './rule.ts';
import { unchanged } from './shared-rules.ts';

interface WithCluster {
  readonly clusterRef: ClusterReference;
}

/** One that points elsewhere is another topic or group: the first would stay behind, unowned. */
export function clusterReferenceTransition<Spec extends WithCluster>(): TransitionRule<Spec> {
  return {
    path: 'spec.clusterRef',
    // `namespace` is a word of CEL, which is why its name is escaped.
    cel: `self.clusterRef.name == oldSelf.clusterRef.name && ${unchanged('clusterRef.__namespace__')}`,
    holds: (now, before) =>
      now.spec.clusterRef.name === before.spec.clusterRef.name &&
      now.spec.clusterRef.namespace === before.spec.clusterRef.namespace,
    message: (_now, before) => `it was ${before.spec.clusterRef.name} and cannot change`,
    stated: 'it cannot change: the other cluster would keep what is there',
  };
}
