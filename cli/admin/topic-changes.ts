/** `gantry admin topic create|update|delete`. */
import { Admin, type TopicConfig } from '../../client/mod.ts';
import { Failure, PERMISSION, requireTopicName } from '../../protocol/mod.ts';
import { CommandError } from '../command-error.ts';
import { type BrokerOptions, type BrokerProcess, requireMasters } from './broker-choice.ts';
import type { Invocation } from './invocation.ts';
import { rowsText } from './rows.ts';
import { showPermission } from './topics.ts';

/** What a topic is to have; what is left out stays, or is as brokers have it. */
export interface TopicOptions extends BrokerOptions {
  /** For reading and for writing. */
  readonly queues?: number | undefined;
  readonly readQueues?: number | undefined;
  readonly writeQueues?: number | undefined;
  readonly perm?: keyof typeof PERMISSIONS | undefined;
  readonly order?: boolean | undefined;
  /** An empty value takes the attribute away. */
  readonly attribute?: Readonly<Record<string, string>> | undefined;
}

const PERMISSIONS = {
  r: PERMISSION.read,
  w: PERMISSION.write,
  rw: PERMISSION.read | PERMISSION.write,
} as const;

const QUEUES = 8;

/** Only where it is not there yet: what it has is not to be changed by mistake. */
export async function createTopic(
  invocation: Invocation,
  topic: string,
  options: TopicOptions,
): Promise<void> {
  requireTopicName(topic);
  const { runtime, nameServers, gantry } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const masters = await requireMasters(admin, options);
  const there = (await admin.findRoute(topic))?.brokers.map(({ brokerName }) => brokerName) ?? [];
  const taken = masters.filter(({ brokerName }) => there.includes(brokerName));
  if (taken.length > 0) {
    const names = taken.map(({ brokerName }) => brokerName).join(', ');
    const advice = `change it with \`${gantry} admin topic update ${topic}\``;
    throw new CommandError('Failed', `Topic "${topic}" is there already, on ${names}: ${advice}`);
  }
  const fresh = {
    topic,
    readQueues: QUEUES,
    writeQueues: QUEUES,
    perm: PERMISSIONS.rw,
    order: false,
  };
  await put(
    { invocation, admin, options },
    masters.map((master) => ({ master, before: fresh })),
  );
}

/** Wherever it is, keeping what is not said. */
export async function updateTopic(
  invocation: Invocation,
  topic: string,
  options: TopicOptions,
): Promise<void> {
  requireTopicName(topic);
  const { runtime, nameServers } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  const places: Place[] = [];
  for (const master of await requireMasters(admin, options)) {
    const before = await admin.findTopicConfig(master.address, topic);
    if (before !== undefined) places.push({ master, before });
  }
  if (places.length === 0) {
    throw new Failure('TopicNotFound', `Cannot change topic "${topic}": no broker has it`);
  }
  await put({ invocation, admin, options }, places);
}

interface Place {
  readonly master: BrokerProcess;
  readonly before: TopicConfig;
}

interface Change {
  readonly invocation: Invocation;
  readonly admin: Admin;
  readonly options: TopicOptions;
}

async function put(
  { invocation, admin, options }: Change,
  places: readonly Place[],
): Promise<void> {
  const { queues, perm, order, attribute = {} } = options;
  const rows = [];
  for (const { master, before } of places) {
    const { cluster, brokerName, address } = master;
    invocation.wait(`Telling ${brokerName} at ${address}`);
    const after = {
      topic: before.topic,
      readQueues: options.readQueues ?? queues ?? before.readQueues,
      writeQueues: options.writeQueues ?? queues ?? before.writeQueues,
      perm: perm === undefined ? before.perm : PERMISSIONS[perm],
      order: order ?? before.order,
    };
    const attributes = Object.fromEntries(
      Object.entries(attribute).map(([name, value]) => [name, value === '' ? undefined : value]),
    );
    await admin.putTopic({ ...after, broker: address, attributes });
    rows.push({ ...after, cluster, brokerName });
  }
  const text = rowsText(invocation.form, rows, {
    TOPIC: ({ topic }) => topic,
    CLUSTER: ({ cluster }) => cluster,
    BROKER: ({ brokerName }) => brokerName,
    READ: ({ readQueues }) => String(readQueues),
    WRITE: ({ writeQueues }) => String(writeQueues),
    PERM: (row) => showPermission(row.perm),
    ORDER: (row) => (row.order ? 'yes' : 'no'),
  });
  invocation.print(text);
}

/** With its messages, from every broker of a cluster, of all without one. */
export async function deleteTopic(
  invocation: Invocation,
  topic: string,
  { cluster }: { readonly cluster?: string | undefined },
): Promise<void> {
  requireTopicName(topic);
  const { runtime, nameServers, form } = invocation;
  invocation.wait(`Asking ${nameServers.join(', ')}`);
  await using admin = Admin.start(runtime, { nameServers });
  if ((await admin.findRoute(topic)) === undefined) {
    throw new Failure('TopicNotFound', `Cannot delete topic "${topic}": no broker has it`);
  }
  const brokers = await admin.deleteTopic(topic, cluster);
  if (form === 'json') invocation.print(JSON.stringify({ topic, brokers }, undefined, 2));
  else invocation.print(`${topic} is deleted with its messages, from ${brokers.join(', ')}`);
}
