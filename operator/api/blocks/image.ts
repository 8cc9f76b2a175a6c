/** Which program runs: fields that stand directly in the spec of every component. */
import Type, { type Static, type TObject } from 'typebox';
import { oneOf } from '../scalars.ts';

export const imageFields = {
  version: Type.Optional(
    Type.String({
      pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$',
      expected: 'a version such as 1.4.0',
      description: 'Version of Gantry to run; the version of the operator when left out.',
    }),
  ),
  image: Type.Optional(
    Type.String({ minLength: 1, description: 'Full image reference; overrides `version`.' }),
  ),
  imagePullPolicy: oneOf(['Always', 'IfNotPresent', 'Never'], {
    default: 'IfNotPresent',
    description: 'When the node pulls the image.',
  }),
  imagePullSecrets: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description: 'Names of Secrets with registry credentials.',
  }),
};

export type ImageSpec = Static<TObject<typeof imageFields>>;
