/** What the operator will tell of a `Controller` and of a `Proxy`. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { listMap } from '../scalars.ts';
import { conditionList } from './conditions.ts';
import {
  count,
  observedGeneration,
  phase,
  replicaFields,
  text,
  versionFields,
  volumeFloor,
} from './shared.ts';

const member = block({
  pod: Type.String({ maxLength: 253, description: 'Name of the pod.' }),
  peerId: text('Its name in the quorum.'),
  voter: Type.Optional(Type.Boolean({ description: 'Whether it has a vote.' })),
  matchIndexLagged: Type.Optional(Type.Boolean({ description: 'Whether it is behind.' })),
  ready: Type.Boolean({ description: 'Whether the pod is ready.' }),
});

export const controllerStatus = block({
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  ...replicaFields,
  ...versionFields,
  volumeFloor: volumeFloor(),
  leader: text('Pod that leads.'),
  term: count('Term of the quorum.'),
  members: Type.Optional(
    listMap(member, ['pod'], { maxItems: 9, description: 'Members of the quorum.' }),
  ),
});

export type ControllerStatus = Static<typeof controllerStatus>;

export const proxyStatus = block({
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  ...replicaFields,
  ...versionFields,
  endpoints: Type.Optional(
    listMap(
      block({
        name: Type.String({ maxLength: 64, description: 'Which listener.' }),
        internal: text('Address inside of the cluster.', 1024),
        external: text('Address outside of it.', 1024),
      }),
      ['name'],
      { maxItems: 4, description: 'Where clients connect.' },
    ),
  ),
});

export type ProxyStatus = Static<typeof proxyStatus>;
