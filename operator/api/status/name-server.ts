/** What the operator tells of a `NameServer`. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { integer, time } from '../scalars.ts';
import { conditionList } from './conditions.ts';
import {
  heldGates,
  observedGeneration,
  phase,
  replicaFields,
  text,
  versionFields,
  volumeFloor,
} from './shared.ts';

export const nameServerStatus = block({
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  gates: heldGates(),
  ...replicaFields,
  addresses: Type.Optional(
    Type.Array(Type.String({ maxLength: 300 }), {
      maxItems: 9,
      description: 'Where each can be reached, as host:port.',
    }),
  ),
  ...versionFields,
  updateRevision: text('Revision that all pods are to have.'),
  volumeFloor: volumeFloor(),
  operation: Type.Optional(
    block(
      {
        kind: Type.String({ maxLength: 64, description: 'What is being done.' }),
        step: Type.String({ maxLength: 64, description: 'Which step of it.' }),
        pod: text('Pod that it is about.'),
        podUid: text('Identity of that pod when the step began.', 64),
        startedAt: time({ description: 'When the step began.' }),
        attempt: Type.Optional(integer(1, 1_000_000, { description: 'How often it was tried.' })),
      },
      { description: 'Work under way.' },
    ),
  ),
  pendingRecreate: Type.Optional(
    block(
      { uid: Type.String({ maxLength: 64, description: 'Identity of the one that goes.' }) },
      { description: 'A StatefulSet that is to be made anew around its pods.' },
    ),
  ),
});

export type NameServerStatus = Static<typeof nameServerStatus>;
