/**
 * The claim templates of a StatefulSet that exists, as they were applied. They cannot be changed,
 * so they are applied again as they are; what the API server has added must not look like a wish.
 */
import type { ClaimTemplate } from '../resources/kubernetes.ts';
import type { SetFacts } from './set-facts.ts';

/** Undefined where the next set is a new one. */
export function plainTemplates(set: SetFacts | undefined): ClaimTemplate[] | undefined {
  if (set === undefined || set.isGoing) return undefined;
  return set.claimTemplates.map(({ metadata: { name, labels, annotations }, spec }) => {
    const { volumeMode: _added, ...plainSpec } = spec;
    return {
      metadata: { name, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: plainSpec,
    };
  });
}
