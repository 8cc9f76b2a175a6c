/** `gantry admin topic list|route|status`: what topics there are, where, and how full. */
import { Admin } from '../../client/mod.ts';
import {
  Failure,
  isDerivedTopic,
  isRetryTopic,
  isSystemTopic,
  PERMISSION,
  replyTopic,
  requireTopicName,
} from '../../protocol/mod.ts';
import type { Invocation } from './invocation.ts';
import { showTime } from './message-form.ts';
import { rowsText } from './rows.ts';

type TopicKind = 'normal' | 'retry' | 'dead letter' | 'system';

/** The topics that users made; every one with `all`. */
export async function listTopics(
  invocation: Invocation,
  { all }: { readonly all?: boolean | undefined },
): Promise<void> {
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const [names, { clusters, brokers }] = await Promise.all([admin.topics(), admin.clusterInfo()]);
  // Brokers have topics under their own name and their cluster's.
  const own = new Set([
    ...clusters.keys(),
    ...brokers.keys(),
    ...[...clusters.keys()].map(replyTopic),
  ]);
  const rows = names
    .map((topic) => ({ topic, kind: own.has(topic) ? ('system' as const) : kindOf(topic) }))
    .filter(({ kind }) => all === true || kind === 'normal');
  if (rows.length === 0) {
    invocation.note('There is no topic; --all shows those that brokers have for themselves');
  }
  const text = rowsText(form, rows, {
    TOPIC: ({ topic }) => topic,
    KIND: ({ kind }) => kind,
  });
  invocation.print(text);
}

function kindOf(topic: string): TopicKind {
  if (isSystemTopic(topic)) return 'system';
  if (!isDerivedTopic(topic)) return 'normal';
  return isRetryTopic(topic) ? 'retry' : 'dead letter';
}

/** The brokers that have a topic, and how many queues. */
export async function showRoute(invocation: Invocation, topic: string): Promise<void> {
  requireTopicName(topic);
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const route = await admin.findRoute(topic);
  if (route === undefined) {
    throw new Failure('TopicNotFound', `Cannot find topic "${topic}": no broker has it`);
  }
  const rows = route.brokers.flatMap(({ brokerName, cluster, addresses }) =>
    route.queues
      .filter((queue) => queue.brokerName === brokerName)
      .map(({ readQueues, writeQueues, perm }) => {
        const byId = Object.fromEntries(addresses);
        return { cluster, brokerName, addresses: byId, readQueues, writeQueues, perm };
      }),
  );
  const text = rowsText(form, rows, {
    CLUSTER: ({ cluster }) => cluster,
    BROKER: ({ brokerName }) => brokerName,
    ADDRESSES: ({ addresses }) =>
      Object.entries(addresses)
        .map(([id, address]) => `${id}=${address}`)
        .join(' '),
    READ: ({ readQueues }) => String(readQueues),
    WRITE: ({ writeQueues }) => String(writeQueues),
    PERM: ({ perm }) => showPermission(perm),
  });
  invocation.print(text);
}

/** The queues of a topic with what they hold. */
export async function showTopic(invocation: Invocation, topic: string): Promise<void> {
  requireTopicName(topic);
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const rows = (await admin.topicStatus(topic)).map((queue) => {
    const { brokerName, queueId, offsetMin, offsetMax, lastUpdateTimestamp } = queue;
    const messages = offsetMax - offsetMin;
    return { brokerName, queueId, offsetMin, offsetMax, messages, lastUpdateTimestamp };
  });
  const text = rowsText(form, rows, {
    BROKER: ({ brokerName }) => brokerName,
    QUEUE: ({ queueId }) => String(queueId),
    MIN: ({ offsetMin }) => String(offsetMin),
    MAX: ({ offsetMax }) => String(offsetMax),
    MESSAGES: ({ messages }) => String(messages),
    'LAST MESSAGE': ({ lastUpdateTimestamp }) => showTime(lastUpdateTimestamp),
  });
  invocation.print(text);
}

export function showPermission(perm: number): string {
  const letters = [
    (perm & PERMISSION.read) === 0 ? '' : 'r',
    (perm & PERMISSION.write) === 0 ? '' : 'w',
  ];
  return letters.join('') || '-';
}
