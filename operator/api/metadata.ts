/** What every manifest of ours carries besides its spec. */
import Type, { type Static, type TSchema } from 'typebox';
import { block } from './block.ts';
import { anyTextMap, dnsLabel } from './scalars.ts';

export const API_VERSION = 'gantrymq.io/v1alpha1';

/** The namespace of a manifest that names none. */
const DEFAULT_NAMESPACE = 'default';

/** What goes into host names and labels of all that is rendered, with something behind it. */
const COMPONENT_NAME_LENGTH_MAX = 40;

const metadataOf = <Name extends TSchema>(name: Name) =>
  block(
    {
      name,
      namespace: dnsLabel({ default: DEFAULT_NAMESPACE, description: 'Namespace of the object.' }),
      labels: anyTextMap({ default: {}, description: 'Labels of the object.' }),
      annotations: anyTextMap({ default: {}, description: 'Annotations of the object.' }),
    },
    { description: 'As of every Kubernetes object.' },
  );

const componentMetadata = metadataOf(
  dnsLabel({
    maxLength: COMPONENT_NAME_LENGTH_MAX,
    description: 'Name of the object, part of all it renders.',
  }),
);

const entityMetadata = metadataOf(
  Type.String({
    pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$',
    expected: 'lower-case letters, digits, inner dashes and dots',
    maxLength: 253,
    description: 'Name of the object.',
  }),
);

export type Metadata = Static<typeof componentMetadata>;

/** A manifest of `kind` as it is written: the spec with its defaults, no status. */
export const manifestOf = <const Kind extends string, Spec extends TSchema>(
  kind: Kind,
  spec: Spec,
) =>
  block({
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal(kind),
    metadata: componentMetadata,
    spec,
  });

/** As `manifestOf`, for what renders nothing: its name may be any that Kubernetes allows. */
export const entityManifestOf = <const Kind extends string, Spec extends TSchema>(
  kind: Kind,
  spec: Spec,
) =>
  block({
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal(kind),
    metadata: entityMetadata,
    spec,
  });
