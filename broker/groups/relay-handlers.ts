/** Questions of tools that only a connected client can answer: passed on to it, and its answer back. */
import {
  type brokerRequests,
  type Command,
  Failure,
  type Printable,
  parseLenient,
  printLegacy,
} from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import { NetworkError } from '../../runtime/mod.ts';
import type { MessageStore } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';
import { isRecord } from '../metadata/json-body.ts';
import type { Topics } from '../topics/topics.ts';
import type { Consumers, Member } from './consumers.ts';
import type { SubscriptionGroups } from './subscription-groups.ts';

type Names =
  | 'GET_CONSUMER_RUNNING_INFO'
  | 'CONSUME_MESSAGE_DIRECTLY'
  | 'INVOKE_BROKER_TO_GET_CONSUMER_STATUS';

export interface RelayParts {
  readonly config: BrokerConfig;
  readonly consumers: Consumers;
  readonly groups: SubscriptionGroups;
  readonly topics: Topics;
  readonly store: Pick<MessageStore, 'findRecord'>;
}

interface Relayed {
  readonly code: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const TIMEOUT_MS = 10_000;
const GET_CONSUMER_STATUS_FROM_CLIENT = 221;
const STATUS_TIMEOUT_MS = 5000;
/** An offset message id ends with the place in the log: 16 hexadecimal digits. */
const MESSAGE_ID = /^(?:[\dA-Fa-f]{16}|[\dA-Fa-f]{40})([\dA-Fa-f]{16})$/;

export function relayHandlers(parts: RelayParts): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, consumers, groups, topics, store } = parts;
  return {
    GET_CONSUMER_RUNNING_INFO: async ({ header: { consumerGroup, clientId }, command }) => {
      const member = requireMember(consumers, consumerGroup, clientId);
      const { code, fields } = command;
      return answerOf(await ask(member, { code, fields }, TIMEOUT_MS));
    },

    CONSUME_MESSAGE_DIRECTLY: async ({ header, command }) => {
      const { consumerGroup, clientId = '', msgId = '', topic = '' } = header;
      const member = requireMember(consumers, consumerGroup, clientId);
      const place = MESSAGE_ID.exec(msgId)?.[1];
      const record = place === undefined ? undefined : store.findRecord(Number.parseInt(place, 16));
      if (record === undefined) {
        throw new Failure('InternalError', `can not find message by the id ${msgId}`);
      }
      const fields = {
        ...command.fields,
        brokerName: config.brokerName,
        topicSysFlag: String(topics.find(topic)?.config.topicSysFlag ?? 0),
        groupSysFlag: String(groups.peek(consumerGroup)?.groupSysFlag ?? 0),
      };
      return answerOf(await ask(member, { code: command.code, fields, body: record }, TIMEOUT_MS));
    },

    INVOKE_BROKER_TO_GET_CONSUMER_STATUS: async ({ header: { group, topic, clientAddr } }) => {
      const found = consumers.find(group);
      const asked = [...(found?.members.values() ?? [])].filter(
        ({ clientId }) => clientAddr === undefined || clientAddr === clientId,
      );
      if (asked.length === 0) throw notOnline(group, clientAddr ?? '');
      const relayed = { code: GET_CONSUMER_STATUS_FROM_CLIENT, fields: { group, topic } };
      const tables = await Promise.all(
        asked.map(async (member) => {
          const { body } = await ask(member, relayed, STATUS_TIMEOUT_MS);
          return [member.clientId, positionsIn(body)] as const;
        }),
      );
      return { body: Buffer.from(printLegacy({ consumerTable: Object.fromEntries(tables) })) };
    },
  };
}

async function ask(
  member: Member,
  { code, fields, body }: Relayed,
  timeoutMs: number,
): Promise<Command> {
  try {
    return await member.connection.call({ code, fields, body }, timeoutMs);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new Failure(
      'ConsumerTimedOut',
      `consumer ${member.clientId} did not answer: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

function answerOf({ code, remark, body }: Command) {
  return { code, body, ...(remark !== undefined && { remark }) };
}

/** Queue by queue, keyed by the queue as an object, which is how tools read it. */
function positionsIn(body: Buffer): ReadonlyMap<object, Printable> {
  const content: unknown = body.length === 0 ? {} : parseLenient(body.toString());
  const table =
    isRecord(content) && isRecord(content['messageQueueTable']) ? content['messageQueueTable'] : {};
  return new Map(
    Object.entries(table).map(([queue, offset]) => [parseLenient(queue) as object, Number(offset)]),
  );
}

function requireMember(consumers: Consumers, group: string, clientId: string): Member {
  const member = consumers.findMember(group, clientId);
  if (member === undefined) throw notOnline(group, clientId);
  return member;
}

function notOnline(group: string, clientId: string): Failure {
  return new Failure('InternalError', `The Consumer <${group}> <${clientId}> not online`);
}
