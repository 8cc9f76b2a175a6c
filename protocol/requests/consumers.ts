/** What clients ask a broker about themselves: heartbeats, offsets, locks, assignments. */
import { boundary, flag, group, int, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { addressed, nothing, topicAddressed } from './addressed.ts';
import type { RequestTable } from './row.ts';

const anywhere = ['broker', 'fast', 'proxy'] as const;
const queue = { topic, queueId: int };

export const consumerRequests = {
  QUERY_CONSUMER_OFFSET: {
    code: 14,
    doc: 'The offset a group has committed for a queue.',
    servedBy: anywhere,
    actions: ['sub', 'get'],
    request: header({
      consumerGroup: group,
      ...queue,
      setZeroIfNotFound: optional(flag),
      ...topicAddressed,
    }),
    response: header({ offset: optional(long) }),
  },
  UPDATE_CONSUMER_OFFSET: {
    code: 15,
    doc: 'Commits the offset of a group for a queue; often oneway.',
    servedBy: anywhere,
    actions: ['sub', 'update'],
    request: header({ consumerGroup: group, ...queue, commitOffset: long, ...topicAddressed }),
    response: nothing,
  },
  SEARCH_OFFSET_BY_TIMESTAMP: {
    code: 29,
    doc: 'The offset of the first, or last, message stored at a time.',
    servedBy: anywhere,
    actions: ['sub', 'get'],
    request: header({
      ...queue,
      timestamp: long,
      boundaryType: optional(boundary),
      ...topicAddressed,
    }),
    response: header({ offset: optional(long) }),
  },
  GET_MAX_OFFSET: {
    code: 30,
    doc: 'The offset that the next message of a queue gets; `committed` false counts replicas out.',
    servedBy: anywhere,
    actions: ['sub', 'get'],
    request: header({ ...queue, committed: optional(flag), ...topicAddressed }),
    response: header({ offset: optional(long) }),
  },
  GET_MIN_OFFSET: {
    code: 31,
    doc: 'The offset of the first message of a queue that is still there.',
    servedBy: anywhere,
    actions: ['sub', 'get'],
    request: header({ ...queue, ...topicAddressed }),
    response: header({ offset: optional(long) }),
  },
  GET_EARLIEST_MSG_STORETIME: {
    code: 32,
    doc: 'When the first message of a queue was stored; -1 when it is empty.',
    servedBy: ['broker', 'fast'],
    actions: ['sub', 'get'],
    request: header({ ...queue, ...topicAddressed }),
    response: header({ timestamp: optional(long) }),
  },
  HEART_BEAT: {
    code: 34,
    doc: 'Who a client is, what it produces and consumes; every 30 seconds.',
    servedBy: anywhere,
    actions: ['sub'],
    request: header(addressed),
    response: header({
      IS_SUPPORT_HEART_BEAT_V2: optional(flag),
      IS_SUB_CHANGE: optional(flag),
    }),
  },
  UNREGISTER_CLIENT: {
    code: 35,
    doc: 'A client leaves a group.',
    servedBy: anywhere,
    actions: ['sub'],
    request: header({
      clientID: text,
      producerGroup: optional(text),
      consumerGroup: optional(group),
      ...addressed,
    }),
    response: nothing,
  },
  GET_CONSUMER_LIST_BY_GROUP: {
    code: 38,
    doc: 'The ids of the clients that consume in a group.',
    servedBy: anywhere,
    actions: ['sub', 'get'],
    request: header({ consumerGroup: group, ...addressed }),
    response: nothing,
  },
  LOCK_BATCH_MQ: {
    code: 41,
    doc: 'Reserves queues for one client of a group, for consuming in order.',
    servedBy: anywhere,
    actions: ['sub'],
    request: header(addressed),
    response: nothing,
  },
  UNLOCK_BATCH_MQ: {
    code: 42,
    doc: 'Gives reserved queues up.',
    servedBy: anywhere,
    actions: ['sub'],
    request: header(addressed),
    response: nothing,
  },
  CHECK_CLIENT_CONFIG: {
    code: 46,
    doc: 'Checks a filter expression before it is used.',
    servedBy: anywhere,
    actions: ['sub'],
    request: nothing,
    response: nothing,
  },
  QUERY_ASSIGNMENT: {
    code: 400,
    doc: 'Which queues a client should consume, and how.',
    servedBy: ['broker', 'fast'],
    actions: ['sub'],
    request: nothing,
    response: nothing,
  },
  SET_MESSAGE_REQUEST_MODE: {
    code: 401,
    doc: 'Whether a group pulls or pops a topic.',
    servedBy: ['broker', 'fast'],
    actions: ['update'],
    request: nothing,
    response: nothing,
  },
} as const satisfies RequestTable;
