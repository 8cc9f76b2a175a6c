/** `gantry admin send`: one message, or the same one several times. */
import {
  type MessageQueue,
  type OutgoingMessage,
  Producer,
  type SendResult,
} from '../../client/mod.ts';
import { CommandError } from '../command-error.ts';
import type { QueueArgument } from './arguments.ts';
import type { Invocation } from './invocation.ts';
import { type Columns, RowStream } from './rows.ts';

export interface SendRequest {
  readonly message: OutgoingMessage;
  readonly count: number;
  readonly queue?: QueueArgument | undefined;
}

interface SentRow {
  readonly messageId: string;
  readonly offsetMessageId: string;
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly status: string;
}

const columns: Columns<SentRow> = {
  'MESSAGE ID': ({ messageId }) => messageId,
  QUEUE: ({ brokerName, queueId }) => `${brokerName}:${queueId}`,
  OFFSET: ({ queueOffset }) => String(queueOffset),
  STATUS: ({ status }) => status,
};

/** One after the other; what was stored is printed as it is known. */
export async function send(
  invocation: Invocation,
  { message, count, queue: wanted }: SendRequest,
): Promise<void> {
  const { runtime, nameServers } = invocation;
  const { topic } = message;
  const signal = invocation.interruption();
  invocation.wait(`Sending to ${topic}`);
  await using producer = Producer.start(runtime, { nameServers });
  const queue = wanted && requireQueue(topic, await producer.queues(topic), wanted);
  const rows = new RowStream(invocation, columns);
  let sent = 0;
  let unsure = 0;
  try {
    for (; sent < count && !signal.aborted; sent++) {
      const result = await producer.send(message, { queue });
      rows.add(sentRow(result));
      if (result.status !== 'SEND_OK') unsure++;
    }
  } catch (error) {
    if (sent > 0) invocation.note(`${sent} of ${count} messages are sent`);
    throw error;
  }
  if (sent < count) throw new CommandError('Interrupted', `${sent} of ${count} messages are sent`);
  if (count > 1) invocation.note(`${sent} messages are sent`);
  if (unsure === 0) return;
  const state = 'stored, but not as safely as was asked: see STATUS';
  throw new CommandError('Rejected', `${unsure} of ${count} messages are ${state}`);
}

function sentRow({ messageId, offsetMessageId, queue, queueOffset, status }: SendResult): SentRow {
  return { messageId, offsetMessageId, ...queue, queueOffset, status };
}

function requireQueue(
  topic: string,
  queues: readonly MessageQueue[],
  { brokerName, queueId }: QueueArgument,
): MessageQueue {
  const brokers = [...new Set(queues.map((queue) => queue.brokerName))];
  const [only] = brokers;
  if (brokerName === undefined && brokers.length > 1) {
    const those = brokers.map((name) => `--queue ${name}:${queueId}`).join(', ');
    throw new CommandError('Usage', `Topic "${topic}" has several brokers: say ${those}`);
  }
  const broker = brokerName ?? only;
  const found = queues.find((queue) => queue.brokerName === broker && queue.queueId === queueId);
  if (found !== undefined) return found;
  const ranges = brokers.map((name) => {
    return `${name}:0 to ${queues.filter((queue) => queue.brokerName === name).length - 1}`;
  });
  const there = ranges.join(', ') || 'none that takes messages';
  const wanted = broker === undefined ? String(queueId) : `${broker}:${queueId}`;
  throw new CommandError('NotFound', `Topic "${topic}" has no queue ${wanted}: there is ${there}`);
}
