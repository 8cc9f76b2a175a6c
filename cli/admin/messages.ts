/** `gantry admin message view|query`: messages that are stored, one by one. */
import { MessageSearch, type ReceivedMessage } from '../../client/mod.ts';
import { CommandError } from '../command-error.ts';
import { table } from '../output.ts';
import type { Invocation } from './invocation.ts';
import { messageColumns, messageForm, messageLines } from './message-form.ts';
import { rowsText } from './rows.ts';

/** By either of its ids; the one that its producer made needs the topic. */
export async function viewMessage(
  invocation: Invocation,
  id: string,
  { topic }: { readonly topic?: string | undefined },
): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using search = MessageSearch.start(runtime, { nameServers });
  const found = (await findMessages(search, id, topic)).map(messageForm);
  if (found.length === 0) {
    const more = topic === undefined ? '; one that a producer made needs --topic too' : '';
    throw new CommandError('NotFound', `There is no message with id ${id}${more}`);
  }
  if (form === 'json') {
    invocation.print(JSON.stringify(found, undefined, 2));
    return;
  }
  const texts = found.map((message) => {
    const [first = ['', ''], ...others] = messageLines(message);
    return table(first, others);
  });
  invocation.print(texts.join('\n\n'));
}

async function findMessages(
  search: MessageSearch,
  id: string,
  topic: string | undefined,
): Promise<ReceivedMessage[]> {
  const byProducer = topic === undefined ? [] : await search.findById(topic, id);
  if (byProducer.length > 0) return byProducer;
  const stored = await search.findByOffsetId(id);
  return stored === undefined ? [] : [stored];
}

export interface QueryOptions {
  readonly topic: string;
  readonly key: string;
  readonly count?: number | undefined;
}

/** The messages of a topic with a key. */
export async function queryMessages(
  invocation: Invocation,
  { topic, key, count }: QueryOptions,
): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using search = MessageSearch.start(runtime, { nameServers });
  const found = await search.findByKey({ topic, key, messagesMax: count });
  if (found.length === 0) {
    throw new CommandError('NotFound', `Topic "${topic}" has no message with key "${key}"`);
  }
  invocation.print(rowsText(form, found.map(messageForm), messageColumns));
}
