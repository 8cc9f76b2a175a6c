/** Pointing at another component: by its name in the cluster, or by addresses outside of it. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { dnsLabel } from '../scalars.ts';

export const referenceBlock = (kind: string) =>
  block(
    {
      ref: Type.Optional(
        block(
          { name: dnsLabel({ description: `Name of the ${kind}.` }) },
          { description: `A ${kind} of the same namespace.` },
        ),
      ),
      addresses: Type.Optional(
        Type.Array(
          Type.String({
            pattern: '^([^:\\s;]+|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5}$',
            expected: 'host:port',
          }),
          { minItems: 1, description: 'Addresses as host:port.' },
        ),
      ),
    },
    { description: `The ${kind}: one of \`ref\` and \`addresses\`.` },
  );

export type Reference = Static<ReturnType<typeof referenceBlock>>;
