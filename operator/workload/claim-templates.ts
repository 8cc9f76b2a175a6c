/**
 * The claim templates of a StatefulSet that exists, as they were applied. They cannot be changed,
 * so they are applied again as they are; what the API server has added must not look like a wish.
 */
import type { ClaimTemplate } from '../resources/kubernetes.ts';
import type { SetFacts } from './set-facts.ts';

export function plainTemplates({ claimTemplates }: SetFacts): ClaimTemplate[] {
  return claimTemplates.map(({ metadata: { name, labels, annotations }, spec }) => {
    const { volumeMode: _added, ...plainSpec } = spec;
    return {
      metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: plainSpec,
    };
  });
}
