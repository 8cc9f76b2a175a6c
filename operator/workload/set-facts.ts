/** What a plan needs to know of a StatefulSet. Pure. */
import type { KubeObject } from '../kube/mod.ts';
import type { ClaimTemplate } from '../resources/kubernetes.ts';

/** As the API server sends it, as far as it is read. */
export interface LiveStatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly volumeClaimTemplates?: readonly ClaimTemplate[];
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly image?: string }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updateRevision?: string;
  };
}

export interface SetFacts {
  readonly name: string;
  readonly uid: string;
  readonly replicas: number;
  /**
   * The revision that its pods are to have; undefined while Kubernetes has not looked at the newest
   * template, so that nobody can tell which pods are outdated.
   */
  readonly updateRevision: string | undefined;
  readonly claimTemplates: readonly ClaimTemplate[];
  readonly createdAtMs: number;
  readonly isGoing: boolean;
}

export function setFacts({ metadata, spec, status }: LiveStatefulSet): SetFacts {
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return {
    name: metadata.name,
    uid: metadata.uid,
    replicas: spec.replicas ?? 1,
    updateRevision: isSeen ? status?.updateRevision : undefined,
    claimTemplates: spec.volumeClaimTemplates ?? [],
    createdAtMs: Date.parse(metadata.creationTimestamp),
    isGoing: metadata.deletionTimestamp !== undefined,
  };
}
