/** The commands of `gantry admin` with what they take, none of them loaded before it is asked for. */
import { type Command, Option } from 'commander';
import { DEFAULT_STATE } from '../hint.ts';
import { needs } from '../needed-option.ts';
import {
  assignment,
  oneMore,
  queueArgument,
  secondsMs,
  startFrom,
  wholeNumber,
} from './arguments.ts';
import type { Invocation } from './invocation.ts';
import type { ConnectionOptions } from './invoke.ts';

const QUEUES_MAX = 1024;
const COUNT_MAX = 100_000_000;

export function addAdmin(gantry: Command): void {
  const admin = gantry
    .command('admin')
    .description('look at a running cluster, change it, send and consume');
  addClusters(admin);
  addTopics(admin.command('topic').description('topics: what there is, where and how full'));
  addGroups(admin.command('group').description('consumer groups'));
  addSending(admin);
  addConsuming(admin);
  addMessages(admin.command('message').description('messages that are stored'));
}

function run(
  options: ConnectionOptions,
  body: (invocation: Invocation) => Promise<void>,
): Promise<void> {
  return import('./invoke.ts').then(({ invoke }) => invoke(options, body));
}

/** Which cluster, and how to print it. */
function connected(command: Command): Command {
  return command
    .option(
      '-n, --nameserver <addresses>',
      'host:port of its name servers, commas between; without it those in NAMESRV_ADDR, or of the local cluster that runs, or 127.0.0.1:9876',
    )
    .option('--name <cluster>', 'the local cluster; needed when there are several')
    .option('--state <folder>', 'where local clusters keep their state and data', DEFAULT_STATE)
    .addOption(
      new Option('-o, --output <form>', 'how to print it')
        .choices(['table', 'json'])
        .default('table'),
    );
}

function addClusters(admin: Command): void {
  const cluster = admin.command('cluster').description('clusters and their brokers');
  connected(cluster.command('list').description('show every broker and how it is')).action(
    (options) => run(options, async (it) => (await import('./brokers.ts')).listCluster(it)),
  );
  const broker = admin.command('broker').description('single brokers');
  const config = broker.command('config').description('settings of running brokers');
  connected(
    config
      .command('get')
      .description('show settings')
      .argument('[setting...]', 'their names; all when left out')
      .option('-b, --broker <broker>', 'of this one, by name or host:port; of all when left out')
      .option('-c, --cluster <cluster>', 'of the brokers of this cluster'),
  ).action((keys, options) =>
    run(options, async (it) => (await import('./brokers.ts')).showConfig(it, keys, options)),
  );
  connected(
    config
      .command('set')
      .description('change settings of running brokers: all of them or none')
      .argument('<setting=value...>', 'those that may change while a broker runs', assignment)
      .option('-b, --broker <broker>', 'of this one, by name or host:port')
      .option('-c, --cluster <cluster>', 'of all brokers of this cluster'),
  ).action((changes, options) =>
    run(options, async (it) => (await import('./brokers.ts')).changeConfig(it, changes, options)),
  );
}

function addTopics(topic: Command): void {
  connected(
    topic
      .command('list')
      .description('show the topics')
      .option('--all', 'those that the cluster has for itself too'),
  ).action((options) =>
    run(options, async (it) => (await import('./topics.ts')).listTopics(it, options)),
  );
  connected(
    topic
      .command('route')
      .description('show which brokers have a topic')
      .argument('<topic>', 'its name'),
  ).action((name, options) =>
    run(options, async (it) => (await import('./topics.ts')).showRoute(it, name)),
  );
  connected(
    topic
      .command('status')
      .description('show what each queue holds')
      .argument('<topic>', 'its name'),
  ).action((name, options) =>
    run(options, async (it) => (await import('./topics.ts')).showTopic(it, name)),
  );
  connected(
    described(topic.command('create'), '8')
      .description('make a topic')
      .argument('<topic>', 'its name'),
  ).action((name, options) =>
    run(options, async (it) => (await import('./topic-changes.ts')).createTopic(it, name, options)),
  );
  connected(
    described(topic.command('update'), 'as it is')
      .description('change a topic; what is not said stays as it is')
      .argument('<topic>', 'its name'),
  ).action((name, options) =>
    run(options, async (it) => (await import('./topic-changes.ts')).updateTopic(it, name, options)),
  );
  connected(
    topic
      .command('delete')
      .description('delete a topic with its messages')
      .argument('<topic>', 'its name')
      .option('-c, --cluster <cluster>', 'from the brokers of this cluster; from all when left out')
      .option('--yes', 'do not ask'),
  ).action((name, options) =>
    run(options, async (it) => {
      if (options.yes !== true) {
        const { requireConsent } = await import('./consent.ts');
        await requireConsent(`delete topic ${name} with all its messages`);
      }
      await (await import('./topic-changes.ts')).deleteTopic(it, name, options);
    }),
  );
}

/** What a topic is to have. */
function described(command: Command, queues: string): Command {
  const count = wholeNumber(1, QUEUES_MAX);
  return command
    .option('-b, --broker <broker>', 'on this one, by name or host:port')
    .option('-c, --cluster <cluster>', 'on all brokers of this cluster')
    .option('--queues <count>', `queues on each broker, ${queues} when left out`, count)
    .option('--read-queues <count>', 'queues to read, where they differ', count)
    .option('--write-queues <count>', 'queues to write, where they differ', count)
    .addOption(new Option('--perm <perm>', 'what is allowed').choices(['r', 'w', 'rw']))
    .option('--order', 'its queues stay when a broker is gone, for the sake of order')
    .option('--no-order', 'they do not')
    .option('--attribute <name=value>', 'such as message.type=FIFO; again for more', assignment);
}

function addGroups(group: Command): void {
  connected(
    group.command('list').description('show the groups and how far behind they are'),
  ).action((options) => run(options, async (it) => (await import('./groups.ts')).listGroups(it)));
  connected(
    group
      .command('progress')
      .description('show how far a group is in every queue')
      .argument('<group>', 'its name')
      .option('-t, --topic <topic>', 'in this topic alone'),
  ).action((name, options) =>
    run(options, async (it) => (await import('./groups.ts')).showProgress(it, name, options)),
  );
}

function addSending(admin: Command): void {
  connected(
    needs(admin.command('send'), '-t, --topic <topic>', 'where to')
      .description('send a message; without --body and --file what standard input has')
      .option('--body <text>', 'what it says')
      .option('--file <file>', 'what it says is in this file; - for standard input')
      .option('--tag <tag>', 'one word that consumers can filter by')
      .option('--key <key>', 'what it can be found by; again for more', oneMore)
      .option('--property <name=value>', 'a property of its own; again for more', assignment)
      .option('--queue <queue>', 'this one, such as broker-a:3', queueArgument)
      .option('--count <count>', 'send it so many times', wholeNumber(1, COUNT_MAX)),
  ).action((options) =>
    run(options, async (it) => {
      const { readBody } = await import('./message-body.ts');
      const isTyped = options.body === undefined && options.file === undefined;
      if (isTyped && process.stdin.isTTY) it.note('Type the message, then Ctrl-D');
      const message = {
        topic: options.topic,
        body: await readBody(options, process.stdin),
        tags: options.tag,
        keys: options.key,
        properties: options.property,
      };
      const { send } = await import('./send.ts');
      await send(it, { message, count: options.count ?? 1, queue: options.queue });
    }),
  );
}

function addConsuming(admin: Command): void {
  connected(
    needs(admin.command('consume'), '-t, --topic <topic>', 'what to consume')
      .description('print the messages of a topic, and those that come, until Ctrl-C')
      .option('-g, --group <group>', 'as a member of this group; without it nothing is consumed')
      .option('--from <place>', 'first, last or a time; first when left out', startFrom)
      .option('--tag <expression>', 'only these tags, as in "A || B"')
      .option('--count <count>', 'end after so many messages', wholeNumber(1, COUNT_MAX))
      .option('--timeout <seconds>', 'end when none has come for so long', secondsMs),
  ).action((options) =>
    run(options, async (it) => {
      const { consume } = await import('./consume.ts');
      await consume(it, { ...options, timeoutMs: options.timeout });
    }),
  );
}

function addMessages(message: Command): void {
  connected(
    message
      .command('view')
      .description('show one message')
      .argument('<id>', 'which its producer made, or its broker')
      .option('-t, --topic <topic>', 'its topic: needed for an id that its producer made'),
  ).action((id, options) =>
    run(options, async (it) => (await import('./messages.ts')).viewMessage(it, id, options)),
  );
  connected(
    needs(
      needs(message.command('query'), '-t, --topic <topic>', 'their topic'),
      '--key <key>',
      'one of their keys',
    )
      .description('find messages by a key')
      .option('--count <count>', 'so many of each broker at most', wholeNumber(1, 64)),
  ).action((options) =>
    run(options, async (it) => (await import('./messages.ts')).queryMessages(it, options)),
  );
}
