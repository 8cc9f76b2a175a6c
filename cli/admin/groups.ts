/** `gantry admin group list|progress`: consumer groups and how far behind they are. */
import { Admin } from '../../client/mod.ts';
import { isRetryTopic, retryTopic } from '../../protocol/mod.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from './invocation.ts';
import { showTime } from './message-form.ts';
import { rowsText } from './rows.ts';

/** Groups that have consumed, for each has a topic for what it handed back. */
export async function listGroups(invocation: Invocation): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const groups = (await admin.topics()).filter(isRetryTopic).map((topic) => {
    return topic.slice(retryTopic('').length);
  });
  const rows = [];
  // Names with a plus are of retry topics for one topic of a group.
  for (const group of groups.filter((name) => !name.includes('+'))) {
    invocation.wait(`Asking for ${group}`);
    const { tps, queues } = await admin.consumerProgress(group);
    const topics = new Set(
      queues.map(({ topic }) => topic).filter((topic) => !isRetryTopic(topic)),
    );
    rows.push({ group, topics: [...topics], lag: lagOf(queues), tps });
  }
  if (rows.length === 0) invocation.note('No group has consumed');
  const text = rowsText(form, rows, {
    GROUP: ({ group }) => group,
    TOPICS: ({ topics }) => topics.join(' ') || '-',
    LAG: ({ lag }) => String(lag),
    TPS: ({ tps }) => tps.toFixed(1),
  });
  invocation.print(text);
}

/** Every queue of a group, or of a topic alone. */
export async function showProgress(
  invocation: Invocation,
  group: string,
  { topic }: { readonly topic?: string | undefined },
): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const progress = await admin.consumerProgress(group, topic);
  if (progress.queues.length === 0) {
    const of = topic === undefined ? '' : ` of topic "${topic}"`;
    throw new CommandError('NotFound', `Group "${group}" has consumed nothing${of}`);
  }
  const queues = progress.queues.map((queue) => {
    const { brokerName, queueId, brokerOffset, consumerOffset, lastTimestamp } = queue;
    const lag = lagOf([queue]);
    return {
      topic: queue.topic,
      brokerName,
      queueId,
      brokerOffset,
      consumerOffset,
      lag,
      lastTimestamp,
    };
  });
  const total = { lag: lagOf(progress.queues), tps: progress.tps };
  if (form === 'json') {
    invocation.print(JSON.stringify({ group, ...total, queues }, undefined, 2));
    return;
  }
  const text = rowsText(form, queues, {
    TOPIC: (queue) => queue.topic,
    QUEUE: ({ brokerName, queueId }) => `${brokerName}:${queueId}`,
    STORED: ({ brokerOffset }) => String(brokerOffset),
    CONSUMED: ({ consumerOffset }) => String(consumerOffset),
    LAG: ({ lag }) => String(lag),
    'LAST CONSUMED': ({ lastTimestamp }) => showTime(lastTimestamp),
  });
  invocation.print(
    `${text}\n\n${group} is ${total.lag} messages behind, at ${total.tps.toFixed(1)}/s`,
  );
}

function lagOf(
  queues: readonly { readonly brokerOffset: number; readonly consumerOffset: number }[],
): number {
  return queues.reduce((sum, { brokerOffset, consumerOffset }) => {
    return sum + Math.max(0, brokerOffset - Math.max(0, consumerOffset));
  }, 0);
}
