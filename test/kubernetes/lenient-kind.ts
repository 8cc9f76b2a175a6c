/** A kind of an add-on, without what the add-on does: its schema lets everything through. */
import { stringify } from 'yaml';

/** The CustomResourceDefinition of a namespaced `kind`, whose plural ends with a plain `s`. */
export function lenientKind(apiVersion: string, kind: string): string {
  const [group = '', name = ''] = apiVersion.split('/');
  const singular = kind.toLowerCase();
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular, plural: `${singular}s` },
      versions: [{ name, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  });
}
