/** Which cluster a topic or consumer group belongs to. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { dnsLabel } from '../scalars.ts';

export const clusterReference = () =>
  block(
    {
      name: dnsLabel({ maxLength: 40, description: 'Name of the RocketMQCluster.' }),
      namespace: Type.Optional(
        dnsLabel({
          description: 'Its namespace, when it is another one; it must list ours as allowed.',
        }),
      ),
    },
    { description: 'The cluster that it belongs to.' },
  );

export type ClusterReference = Static<ReturnType<typeof clusterReference>>;
