/** The pods of rendered StatefulSets, as the controllers of Kubernetes would make them. Pure. */
import {
  type PodTemplate,
  type Rendered,
  type StatefulSet,
  vocabulary,
} from '../../operator/mod.ts';

export interface Pod {
  readonly name: string;
  readonly namespace: string;
  /** `nameserver` or `broker`. */
  readonly role: string;
  /** Its Service's name is part of its own. */
  readonly serviceName: string;
  readonly template: PodTemplate;
  /** Volumes of its claims: the name of the volume, the name of the claim. */
  readonly claims: Readonly<Record<string, string>>;
}

export function podsOf(objects: readonly Rendered[]): Pod[] {
  return objects.filter((object) => object.kind === 'StatefulSet').flatMap(podsOfSet);
}

function podsOfSet({ metadata, spec }: StatefulSet): Pod[] {
  return Array.from({ length: spec.replicas }, (_, ordinal) => {
    const name = `${metadata.name}-${ordinal}`;
    return {
      name,
      namespace: metadata.namespace,
      role: spec.template.metadata.labels[vocabulary.labels.component.name] ?? '',
      serviceName: spec.serviceName,
      template: spec.template,
      claims: Object.fromEntries(
        spec.volumeClaimTemplates.map((claim) => [
          claim.metadata.name,
          `${claim.metadata.name}-${name}`,
        ]),
      ),
    };
  });
}
