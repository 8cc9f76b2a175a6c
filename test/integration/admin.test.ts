/** `gantry admin` as a person types it, against a name server and a broker that run as processes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerProcess } from '../processes/broker-process.ts';
import { gantry, startBroker, startNameServer } from '../processes/gantry.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const NAME_SERVER = '127.0.64.1:9876';
const BROKER = '127.0.64.2:10911';

const exit = { usage: 2, notFound: 4, notReady: 10, unreachable: 11, rejected: 12 } as const;

const scratch = new Scratch();
let nameServer: Running | undefined;
let broker: BrokerProcess | undefined;

beforeAll(async () => {
  nameServer = await startNameServer(NAME_SERVER, scratch.path);
  broker = await startBroker({ address: BROKER, folder: scratch.path, nameServer: NAME_SERVER });
  // The broker answers before its name server knows of it.
  while (!(await admin('cluster', 'list').done()).includes(BROKER));
});

afterAll(async () => {
  await broker?.[Symbol.asyncDispose]();
  await nameServer?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const admin = (...words: readonly string[]): Running =>
  gantry(['admin', ...words], { cwd: scratch.path, env: { NAMESRV_ADDR: NAME_SERVER } });

/** The lines of JSON among what a command printed. */
async function jsonLines<T>(process: Running): Promise<T[]> {
  const output = await process.done();
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}

interface Sent {
  readonly messageId: string;
  readonly offsetMessageId: string;
}

describe('gantry admin', () => {
  test('sends and consumes exactly as `gantry up` says to try', async () => {
    await admin('send', '-n', NAME_SERVER, '--topic', 'Hello', '--body', 'hi').done();
    await using consuming = admin('consume', '-n', NAME_SERVER, '--topic', 'Hello');
    await consuming.seen(/broker-a:\d +0 .* hi$/m);
    expect(consuming.output).toContain('ends with Ctrl-C');
    expect(await consuming.stop('SIGINT')).toEqual({ code: 0, signal: null });
  });

  test('a message goes through a topic, and is found again by its ids and its key', async () => {
    await admin('topic', 'create', 'Found', '--queues', '2').done();
    const message = ['-t', 'Found', '--body', 'sought', '--tag', 'A', '--key', 'k', '--queue', '1'];
    const [sent] = await jsonLines<Sent>(admin('send', ...message, '-o', 'json'));
    const found = [
      admin('message', 'view', sent?.messageId ?? '', '-t', 'Found'),
      admin('message', 'view', sent?.offsetMessageId ?? ''),
      admin('message', 'query', '-t', 'Found', '--key', 'k'),
      admin('consume', '-t', 'Found', '--count', '1', '--tag', 'A'),
    ];
    for (const process of found) expect(await process.done()).toContain('sought');
    expect(await admin('topic', 'status', 'Found').done()).toMatch(/broker-a +1 +0 +1 +1 /);
  });

  test('a group consumes as many as it was told, and its progress shows the rest', async () => {
    await admin('send', '-t', 'Shared', '--body', 'x', '--count', '12').done();
    const first = ['consume', '-t', 'Shared', '-g', 'sharers', '--count', '5', '-o', 'json'];
    expect(await jsonLines(admin(...first))).toHaveLength(5);
    const progress = ['group', 'progress', 'sharers'];
    expect(await admin(...progress).done()).toContain('sharers is 7 messages behind');
    const rest = ['consume', '-t', 'Shared', '-g', 'sharers', '--count', '7', '-o', 'json'];
    expect(await jsonLines(admin(...rest))).toHaveLength(7);
    expect(await admin('group', 'list').done()).toMatch(/sharers +Shared +0 /);
  });

  test('a topic is changed in what was said, and goes with its messages', async () => {
    await admin('topic', 'create', 'Brief', '--queues', '3').done();
    expect(await admin('topic', 'create', 'Brief').done(1)).toContain('is there already');
    await admin('topic', 'update', 'Brief', '--perm', 'r').done();
    expect(await admin('topic', 'route', 'Brief').done()).toMatch(/broker-a .* 3 +3 +r$/m);
    expect(await admin('topic', 'delete', 'Brief').done(exit.usage)).toContain('--yes');
    await admin('topic', 'delete', 'Brief', '--yes').done();
    expect(await admin('topic', 'list').done()).not.toContain('Brief');
    await admin('topic', 'status', 'Brief').done(exit.notFound);
  });

  test('settings are shown and changed, and wrong ones refused', async () => {
    const set = ['broker', 'config', 'set', '-b', 'broker-a'];
    const shown = admin('broker', 'config', 'get', 'brokerPermission');
    expect(await shown.done()).toMatch(/brokerPermission +6/);
    await admin(...set, 'brokerPermission=4').done();
    const changed = admin('broker', 'config', 'get', 'brokerPermission');
    expect(await changed.done()).toMatch(/brokerPermission +4/);
    await admin(...set, 'brokerPermission=6').done();
    expect(await admin(...set, 'brokerPermission=x').done(exit.rejected)).toContain('"x"');
  });

  test('what is not there is told by its exit code, and with what to do', async () => {
    const missing = await admin('consume', '-t', 'Missing').done(exit.notFound);
    expect(missing).toContain('admin topic list');
    const nowhere = admin('topic', 'list', '-n', '127.0.64.9:9876');
    const unreachable = await nowhere.done(exit.unreachable);
    expect(unreachable).toContain('127.0.64.9:9876: nothing listens there');
    expect(unreachable).toContain('--nameserver');
    const quiet = ['consume', '-t', 'Hello', '--from', 'last', '--count', '1', '--timeout', '0.3'];
    await admin(...quiet).done(exit.notReady);
  });
});
