/** What the operator tells of a `RocketMQCluster`: a roll-up of its components. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { listMap, oneOf } from '../scalars.ts';
import { conditionList } from './conditions.ts';
import { count, observedGeneration, phase, text } from './shared.ts';

const COMPONENTS_MAX = 128;

const component = block({
  kind: oneOf(['NameServer', 'Controller', 'BrokerSet', 'Proxy'], { description: 'Its kind.' }),
  name: Type.String({ maxLength: 63, description: 'Its name.' }),
  ready: Type.Boolean({ description: 'Whether it is ready for what it is told now.' }),
  reason: text('Why it is not.', 64),
  message: text('Why it is not, for a person.', 1024),
});

export const clusterStatus = block({
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  components: Type.Optional(
    listMap(component, ['kind', 'name'], {
      maxItems: COMPONENTS_MAX,
      description: 'Each component.',
    }),
  ),
  groups: count('Broker groups that the sets are to have.'),
  readyGroups: count('Broker groups that take messages.'),
  version: text('Version that every component runs.'),
  upgrade: Type.Optional(
    block(
      {
        from: text('Version that all components had.'),
        to: Type.String({ maxLength: 253, description: 'Version that they are given.' }),
        step: Type.String({ maxLength: 128, description: 'Component that is being upgraded.' }),
      },
      { description: 'Components are being upgraded, in their order.' },
    ),
  ),
  endpoints: Type.Optional(
    listMap(
      block({
        name: Type.String({ maxLength: 64, description: 'What it is.' }),
        address: Type.String({ maxLength: 1024, description: 'Where clients connect.' }),
      }),
      ['name'],
      { maxItems: 16, description: 'Where clients connect.' },
    ),
  ),
});

export type ClusterStatus = Static<typeof clusterStatus>;
