/** Names of topics and groups as brokers take them, and those that every cluster keeps for itself. */
import Type from 'typebox';
import type { Rule } from './rule.ts';

export const TOPIC_NAME_LENGTH_MAX = 127;
export const GROUP_NAME_LENGTH_MAX = 120;

export const remotingName = (maxLength: number, description: string) =>
  Type.String({
    pattern: '^[%|a-zA-Z0-9_-]+$',
    maxLength,
    expected: 'letters, digits, %, |, - and _',
    description,
  });

const RESERVED_TOPICS = [
  'TBW102',
  'SCHEDULE_TOPIC_XXXX',
  'BenchmarkTest',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRACE_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
  'CHECKPOINT_TOPIC',
];
const RESERVED_GROUPS = [
  'TOOLS_CONSUMER',
  'FILTERSRV_CONSUMER',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
  'CID_ONSAPI_PULL',
  'CID_ONSAPI_PERMISSION',
  'CID_ONSAPI_OWNER',
  'CID_RMQ_SYS_TRANS',
];

/** Topics that brokers make for themselves or for a group. Also CEL: both read it alike. */
export const reservedTopics = `^(rmq_sys_.*|%RETRY%.*|%DLQ%.*|${RESERVED_TOPICS.join('|')})$`;
export const reservedGroups = `^(CID_RMQ_SYS_.*|${RESERVED_GROUPS.join('|')})$`;

/** How an object says what it is called among clients. */
interface NameRules<Field extends string> {
  readonly field: Field;
  readonly noun: 'topic' | 'group';
  readonly lengthMax: number;
  readonly reserved: string;
}

type WithName<Field extends string> = { readonly [Name in Field]?: string | undefined };

/** The name that clients know is one that brokers take, and free. */
export function nameRules<Field extends string>({
  field,
  noun,
  lengthMax,
  reserved,
}: NameRules<Field>): Rule<WithName<Field>>[] {
  const path = `spec.${field}`;
  return [
    {
      path,
      at: 'root',
      cel: `has(self.spec.${field}) || (!self.metadata.name.contains('.') && size(self.metadata.name) <= ${lengthMax})`,
      holds: ({ metadata, spec }) =>
        spec[field] !== undefined ||
        (!metadata.name.includes('.') && metadata.name.length <= lengthMax),
      message: ({ metadata }) =>
        `"${metadata.name}" cannot be the name of a ${noun}, which has at most ${lengthMax} letters and no dots; set ${field}`,
      stated: `metadata.name cannot be the name of a ${noun}, which has at most ${lengthMax} letters and no dots; set ${field}`,
    },
    {
      // The name of an object is in lower case: none of them is one that brokers keep.
      path,
      cel: `!has(self.${field}) || !self.${field}.matches('${reserved}')`,
      holds: ({ spec }) => !new RegExp(reserved).test(spec[field] ?? ''),
      message: ({ spec }) =>
        `"${spec[field]}" is a ${noun} that brokers keep for themselves; use another name`,
      stated: `brokers keep that ${noun} for themselves; use another name`,
    },
  ];
}
