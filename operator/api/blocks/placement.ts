/** Where brokers run and how the outside reaches them. */
import Type from 'typebox';
import { block } from '../block.ts';
import { oneOf, textMap } from '../scalars.ts';

const spreading = (description: string) =>
  oneOf(['Preferred', 'Required', 'Disabled'], { default: 'Preferred', description });

export const spreadBlock = () =>
  block(
    {
      zone: spreading(
        'Groups of the set in different zones, and replicas of a group. Required: of a group.',
      ),
      host: spreading(
        'Groups of the set on different nodes, and replicas of a group. Required: of a group.',
      ),
    },
    { default: {}, description: 'How the pods of the set are spread.' },
  );

export const externalBlock = () =>
  block(
    {
      type: oneOf(['None', 'LoadBalancer', 'NodePort', 'ClusterIP'], {
        default: 'None',
        description: 'Services for clients outside of the cluster.',
      }),
      hostTemplate: Type.Optional(
        Type.String({ description: 'Advertised host name; {group} and {ordinal} are filled in.' }),
      ),
      annotations: textMap({ default: {}, description: 'Annotations of these Services.' }),
    },
    { default: {}, description: 'Access from outside of the cluster.' },
  );
