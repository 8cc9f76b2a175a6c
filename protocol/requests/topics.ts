/** What operators ask a broker about topics and groups. */
import { flag, group, int, long, optional, text, topic } from '../fields.ts';
import { header } from '../header.ts';
import { addressed, nothing, topicAddressed } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['broker', 'fast'] as const;

const topicConfig = header({
  topic,
  defaultTopic: text,
  readQueueNums: int,
  writeQueueNums: int,
  perm: int,
  topicFilterType: text,
  topicSysFlag: optional(int),
  order: flag,
  attributes: optional(text),
  force: optional(flag),
  ...topicAddressed,
});

export const topicRequests = {
  UPDATE_AND_CREATE_TOPIC: {
    code: 17,
    doc: 'Creates a topic or changes its settings.',
    servedBy,
    actions: ['create'],
    request: topicConfig,
    response: nothing,
  },
  UPDATE_AND_CREATE_TOPIC_LIST: {
    code: 18,
    doc: 'Creates or changes several topics.',
    servedBy,
    actions: ['create'],
    request: header(addressed),
    response: nothing,
  },
  GET_ALL_TOPIC_CONFIG: {
    code: 21,
    doc: 'The settings of all topics, or a page of them.',
    servedBy,
    actions: ['list'],
    request: header({
      topicSeq: optional(int),
      maxTopicNum: optional(int),
      dataVersion: optional(text),
    }),
    response: header({ totalTopicNum: optional(int) }),
  },
  GET_TOPIC_STATS_INFO: {
    code: 202,
    doc: 'The offsets and the last store time of each queue of a topic.',
    servedBy,
    actions: ['get'],
    request: header({ topic, ...topicAddressed }),
    response: nothing,
  },
  DELETE_TOPIC_IN_BROKER: {
    code: 215,
    doc: 'Deletes a topic with its queues and offsets.',
    servedBy,
    actions: ['delete'],
    request: header({ topic, ...topicAddressed }),
    response: nothing,
  },
  QUERY_TOPIC_CONSUME_BY_WHO: {
    code: 300,
    doc: 'The groups that consume a topic.',
    servedBy,
    actions: ['get'],
    request: header({ topic, ...topicAddressed }),
    response: nothing,
  },
  GET_SYSTEM_TOPIC_LIST_FROM_BROKER: {
    code: 305,
    doc: 'The topics that the broker keeps for itself.',
    servedBy,
    actions: ['list'],
    request: nothing,
    response: nothing,
  },
  QUERY_CONSUME_QUEUE: {
    code: 321,
    doc: 'Entries of a consume queue.',
    servedBy,
    actions: ['get'],
    request: header({
      topic: optional(topic),
      queueId: int,
      index: long,
      count: int,
      consumerGroup: optional(group),
      ...topicAddressed,
    }),
    response: nothing,
  },
  GET_TOPIC_CONFIG: {
    code: 351,
    doc: 'The settings of a topic.',
    servedBy,
    actions: ['get'],
    request: header({ topic, ...topicAddressed }),
    response: nothing,
  },
  UPDATE_AND_CREATE_STATIC_TOPIC: {
    code: 513,
    doc: 'Creates a topic whose queues are spread over brokers, or moves them.',
    servedBy,
    actions: ['create'],
    request: topicConfig,
    response: nothing,
  },
} as const satisfies RequestTable;
