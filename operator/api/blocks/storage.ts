/** The volume of each pod of a component. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { oneOf, quantity } from '../scalars.ts';

export const storageBlock = (size: string) =>
  block(
    {
      size: quantity({ default: size, description: 'Size of each volume; may only grow.' }),
      storageClassName: Type.Optional(
        Type.String({
          maxLength: 253,
          description: "StorageClass; the cluster's default when left out.",
        }),
      ),
      migrate: Type.Boolean({
        default: false,
        description: 'Lets `storageClassName` change, moving the data.',
      }),
      volumeAttributesClassName: Type.Optional(
        Type.String({ description: 'VolumeAttributesClass of the claims.' }),
      ),
      accessModes: Type.Array(oneOf(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'], {}), {
        default: ['ReadWriteOnce'],
        minItems: 1,
        maxItems: 3,
        description: 'Access modes of the claims.',
      }),
      retention: block(
        {
          whenDeleted: oneOf(['Retain', 'Delete'], {
            default: 'Retain',
            description: 'Claims of a deleted component.',
          }),
          whenScaled: oneOf(['Retain', 'Delete'], {
            default: 'Retain',
            description: 'Claims of removed pods.',
          }),
        },
        { default: {}, description: 'What becomes of claims that no pod uses any more.' },
      ),
      ephemeral: Type.Optional(
        block(
          { sizeLimit: Type.Optional(quantity({ description: 'Most it may hold.' })) },
          { description: 'Instead of a volume, for trying out: the data dies with the pod.' },
        ),
      ),
    },
    { default: {}, description: 'The volume of each pod.' },
  );

export type StorageSpec = Static<ReturnType<typeof storageBlock>>;
