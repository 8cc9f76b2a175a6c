/** Questions of tools that only a connected client can answer: passed on to it, and its answer back. */
import { consumerStatus } from '../../protocol/bodies/mod.ts';
import { type brokerRequests, type Command, clientRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import { NetworkError } from '../../runtime/mod.ts';
import type { MessageStore } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';
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
const STATUS_TIMEOUT_MS = 5000;
/** A message id ends with the place in the log: 16 hexadecimal digits behind the host. */
const MESSAGE_ID = /^(?:[\da-fA-F]{16}|[\da-fA-F]{40})([\da-fA-F]{16})$/;

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
      const record = place && store.findRecord(Number.parseInt(place, 16));
      if (record === undefined || record === '') {
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
      const relayed = {
        code: clientRequests.GET_CONSUMER_STATUS_FROM_CLIENT.code,
        fields: { group, topic },
      };
      const tables = await Promise.all(
        asked.map(async (member) => {
          const { body } = await ask(member, relayed, STATUS_TIMEOUT_MS);
          const { messageQueueTable } = consumerStatus.decode(body);
          return [member.clientId, messageQueueTable ?? new Map()] as const;
        }),
      );
      return { body: consumerStatus.encode({ consumerTable: new Map(tables) }) };
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

function requireMember(consumers: Consumers, group: string, clientId: string): Member {
  const member = consumers.findMember(group, clientId);
  if (member === undefined) throw notOnline(group, clientId);
  return member;
}

function notOnline(group: string, clientId: string): Failure {
  return new Failure('InternalError', `The Consumer <${group}> <${clientId}> not online`);
}
