/** What every manifest of ours carries besides its spec. */
import Type, { type Static } from 'typebox';
import { block } from './block.ts';
import { dnsLabel, textMap } from './scalars.ts';

export const API_VERSION = 'gantrymq.io/v1alpha1';

/** The namespace of a manifest that names none. */
const DEFAULT_NAMESPACE = 'default';

const metadataBlock = block(
  {
    name: dnsLabel({ maxLength: 40, description: 'Name of the object, part of all it renders.' }),
    namespace: dnsLabel({ default: DEFAULT_NAMESPACE, description: 'Namespace of the object.' }),
    labels: textMap({ default: {}, description: 'Labels of the object.' }),
    annotations: textMap({ default: {}, description: 'Annotations of the object.' }),
  },
  { description: 'As of every Kubernetes object.' },
);

export type Metadata = Static<typeof metadataBlock>;

/** A manifest of `kind` as it is written: the spec with its defaults, no status. */
export const manifestOf = <const Kind extends string, Spec extends Type.TSchema>(
  kind: Kind,
  spec: Spec,
) =>
  block({
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal(kind),
    metadata: metadataBlock,
    spec,
  });
