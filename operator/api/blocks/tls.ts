/** Encryption of a component's listeners, in RocketMQ's three server modes. */
import Type from 'typebox';
import { block } from '../block.ts';
import { oneOf } from '../scalars.ts';

export const tlsBlock = () =>
  block(
    {
      mode: oneOf(['Disabled', 'Permissive', 'Enforcing'], {
        default: 'Disabled',
        description: 'Whether clients may, or must, use TLS.',
      }),
      issuer: block(
        {
          type: oneOf(['Operator', 'Secret', 'CertManager'], {
            default: 'Operator',
            description: 'Where certificates come from.',
          }),
          secretName: Type.Optional(Type.String({ description: 'For type Secret.' })),
          issuerRef: Type.Optional(
            block(
              {
                name: Type.String({ minLength: 1, description: 'Name of the issuer.' }),
                kind: oneOf(['Issuer', 'ClusterIssuer'], {
                  default: 'Issuer',
                  description: 'Kind of the issuer.',
                }),
              },
              { description: 'For type CertManager.' },
            ),
          ),
        },
        { default: {}, description: 'Who signs.' },
      ),
      clientAuth: oneOf(['None', 'Optional', 'Required'], {
        default: 'None',
        description: 'Whether clients show a certificate.',
      }),
    },
    { default: {}, description: 'Transport encryption.' },
  );
