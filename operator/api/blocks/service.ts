/** A Service that clients use. */
import type { Static } from 'typebox';
import { block } from '../block.ts';
import { oneOf, textMap } from '../scalars.ts';

export const serviceBlock = () =>
  block(
    {
      type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer'], {
        default: 'ClusterIP',
        description: 'Type of the Service.',
      }),
      annotations: textMap({ default: {}, description: 'Annotations of the Service.' }),
    },
    { default: {}, description: 'The Service that clients use.' },
  );

export type ServiceSpec = Static<ReturnType<typeof serviceBlock>>;
