/** What Kubernetes makes of StatefulSets, in a `KubeContext`: pods that are ready at once, claims that are bound. */
import { type KubeObject, resources } from '../../operator/kube/mod.ts';
import type { KubeContext } from './kube-context.ts';

interface PlayedSet extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: { readonly labels: object; readonly annotations: object };
    };
    readonly volumeClaimTemplates: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
    }[];
  };
}

/** The pods of the set `name`; those that are there stay of the revision they have. */
export function playSet(kube: KubeContext, name: string): void {
  const set = kube.find<PlayedSet>(resources.statefulSets, name);
  if (set === undefined) return;
  const { replicas, template, volumeClaimTemplates } = set.spec;
  const updateRevision = `${name}-${JSON.stringify(template.metadata.annotations)}`;
  const status = { observedGeneration: set.metadata.generation, updateRevision };
  kube.put({ ...set, status } as never);
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = `${name}-${ordinal}`;
    const before = kube.find<KubeObject>(resources.pods, pod)?.metadata.labels;
    const revision = before?.['controller-revision-hash'] ?? updateRevision;
    const labels = { ...before, ...template.metadata.labels, 'controller-revision-hash': revision };
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' };
    kube.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, labels },
      spec: { nodeName: 'node1' },
      status: { podIP: `10.0.0.${ordinal + 1}`, conditions: [ready] },
    });
    for (const claim of volumeClaimTemplates) {
      kube.put({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { ...claim.metadata, name: `${claim.metadata.name}-${pod}` },
        spec: { ...claim.spec, storageClassName: 'standard' },
        status: { phase: 'Bound', capacity: claim.spec.resources.requests },
      });
    }
  }
}
