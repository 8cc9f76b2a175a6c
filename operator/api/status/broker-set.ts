/** What the operator tells of a `BrokerSet`: its groups, their members, and work under way. */
import Type, { type Static } from 'typebox';
import { block } from '../block.ts';
import { integer, listMap, oneOf, time } from '../scalars.ts';
import { conditionList } from './conditions.ts';
import {
  count,
  heldGates,
  observedGeneration,
  phase,
  replicaFields,
  text,
  versionFields,
  volumeFloor,
} from './shared.ts';

/** Groups of a set, those that retire included. */
const GROUPS_MAX = 128;
const MEMBERS_MAX = 9;
/** So many within an hour are no accident. */
export const EVICTIONS_MAX = 5;

const member = block({
  pod: Type.String({ maxLength: 253, description: 'Name of the pod.' }),
  uid: text('Identity of the pod.', 64),
  brokerId: Type.Optional(integer(-1, Number.MAX_SAFE_INTEGER, { description: 'Its broker id.' })),
  role: Type.Optional(
    oneOf(['Master', 'Slave', 'Fenced', 'Unknown'], { description: 'What it is in the group.' }),
  ),
  inSync: Type.Optional(Type.Boolean({ description: 'Whether it has all confirmed messages.' })),
  ready: Type.Boolean({ description: 'Whether the pod is ready.' }),
  revision: text('Revision of the pod.'),
  volume: text('Claim that holds its data.'),
  node: text('Node that it runs on.'),
  zone: text('Zone of that node.'),
});

/** A step that takes more than one look; told here, so that any operator can go on with it. */
const operation = block(
  {
    kind: oneOf(['Roll', 'Repair', 'ScaleOut', 'ScaleIn', 'ExpandVolumes', 'Suspend'], {
      description: 'What is being done.',
    }),
    step: Type.String({ maxLength: 64, description: 'Which step of it.' }),
    pod: text('Pod that it is about.'),
    podUid: text('Identity of that pod when the step began.', 64),
    startedAt: time({ description: 'When the step began.' }),
    attempt: Type.Optional(integer(1, 1_000_000, { description: 'How often it was tried.' })),
  },
  { description: 'Work under way in the group.' },
);

const losses = block(
  {
    podUid: Type.String({ maxLength: 64, description: 'Identity of the pod that went last.' }),
    attempts: integer(0, 1_000_000, {
      description: 'Pods in a row that went before they settled.',
    }),
    since: time({ description: 'When the first of them went.' }),
    evictions: Type.Optional(
      Type.Array(time({}), {
        maxItems: EVICTIONS_MAX,
        description: 'When nodes evicted the newest of them, within an hour.',
      }),
    ),
    message: text('What the node said.', 1024),
  },
  { description: 'Pods of the group that went although nobody sent them away.' },
);

const drain = block(
  {
    step: Type.String({ maxLength: 64, description: 'How far it is.' }),
    since: time({ description: 'Since when.' }),
    blockers: Type.Array(Type.String({ maxLength: 512 }), {
      default: [],
      maxItems: 5,
      description: 'What keeps the group from going, the largest first.',
    }),
  },
  { description: 'The group is being taken away.' },
);

const group = block({
  index: integer(0, 1024, { description: 'Index of the group in the set.' }),
  name: Type.String({ maxLength: 63, description: 'Name of the group among brokers.' }),
  phase: phase(),
  master: Type.Optional(
    block(
      {
        pod: Type.String({ maxLength: 253, description: 'Its pod.' }),
        brokerId: Type.Optional(
          integer(0, Number.MAX_SAFE_INTEGER, { description: 'Its broker id.' }),
        ),
      },
      { description: 'Who takes messages.' },
    ),
  ),
  masterEpoch: count('How often the group has changed its master.'),
  syncStateSetEpoch: count('How often the set of members in sync has changed.'),
  inSync: count('Members that have all confirmed messages.'),
  revision: text('Revision of the pods, when all have the same.'),
  pendingRecreate: Type.Optional(
    block(
      {
        uid: Type.String({ maxLength: 64, description: 'Identity of the one that goes.' }),
      },
      { description: 'A StatefulSet that is to be made anew around its pods.' },
    ),
  ),
  operation: Type.Optional(operation),
  losses: Type.Optional(losses),
  drain: Type.Optional(drain),
  members: listMap(member, ['pod'], {
    default: [],
    maxItems: MEMBERS_MAX,
    description: 'Brokers of the group.',
  }),
});

export const brokerSetStatus = block({
  observedGeneration: observedGeneration(),
  phase: phase(),
  conditions: conditionList(),
  gates: heldGates(),
  ...replicaFields,
  groups: count('Groups that there are.'),
  readyGroups: count('Groups that take messages.'),
  masters: text(
    'Pods of the masters, for people: `kubectl` shows no more than one of a list.',
    8192,
  ),
  ...versionFields,
  updateRevision: text('Revision that all pods are to have.'),
  volumeFloor: volumeFloor(),
  groupStatus: Type.Optional(
    listMap(group, ['index'], { maxItems: GROUPS_MAX, description: 'Each group, by its index.' }),
  ),
});

export type BrokerSetStatus = Static<typeof brokerSetStatus>;
export type GroupStatus = Static<typeof group>;
export type MemberStatus = Static<typeof member>;
