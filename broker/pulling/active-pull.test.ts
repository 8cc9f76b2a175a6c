import { describe, expect, test } from 'vitest';
import type { Command } from '../../protocol/mod.ts';
import type { ServerConnection } from '../../remoting/mod.ts';
import { type Clock, DiskError } from '../../runtime/mod.ts';
import type { LogOffset, QueueQuery, QueueRead } from '../../store/mod.ts';
import { queueOffset } from '../../store/mod.ts';
import { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import { Topic } from '../topics/topic.ts';
import { newTopic } from '../topics/topic-config.ts';
import { ActivePull, type PullFacts, type PullParts } from './active-pull.ts';
import { LongPolling } from './long-polling.ts';
import { PullCounts } from './pull-counts.ts';

/** What a disk of which some sectors are gone answers. */
const broken = new DiskError('Other', 'Cannot read the log: input/output error');

/** What a client gets: commands by the general encoder, and bytes of a pull's own answer. */
class Client {
  readonly closed = false;
  readonly waitingBytes = 0;
  readonly sent: Command[] = [];
  output = Buffer.alloc(4096);
  outputEnd = 0;

  send(command: Command): void {
    this.sent.push(command);
  }

  reserve(): number {
    return this.outputEnd;
  }
}

/** A queue with one message, which can be found, read, or neither. */
function pullOf(parts: Partial<PullParts['store']>, spanBytes: number) {
  const client = new Client();
  const polling = new LongPolling(
    { monotonicMs: () => 0, every: () => never } as never as Clock,
    9,
  );
  const read = (_query: QueueQuery, result: QueueRead): void => {
    result.status = 'FOUND';
    result.messages = 1;
    result.spans = 1;
    result.bytes = spanBytes;
    result.starts[0] = 0;
    result.lengths[0] = spanBytes;
    result.nextOffset = queueOffset(1);
  };
  const fail = (): never => {
    throw broken;
  };
  const facts = {
    connection: client as unknown as ServerConnection,
    opaque: 7,
    isBinary: false,
    topic: new Topic(newTopic('orders', 1), { topic: fail }),
    group: 'consumers',
    groupSysFlag: 0,
    queue: { queueId: 0, minOffset: 0, maxOffset: 1, waiters: undefined },
    offset: 0,
    messagesMax: 32,
    bytesMax: 1_048_576,
    matches: undefined,
    deadlineMs: 1000,
  };
  const pull = new ActivePull(
    {
      store: { read, lend: fail, lendLog: fail, ...parts },
      offsets: new ConsumerOffsets(() => 0),
      polling,
      counts: new PullCounts(),
      logFileBytes: 1_048_576,
    },
    facts as unknown as PullFacts,
  );
  return { client, polling, pull };
}

const never = { cancel: () => undefined };
const lendLog = (_offset: LogOffset, _bytes: number) => {
  throw broken;
};

describe.each([
  ['the queue', { read: lendLog as never }, 100],
  ['few bytes of the log', { lendLog }, 100],
  ['many bytes of the log', {}, 100_000],
])('a held pull for which the disk cannot read %s', (_what, store, spanBytes) => {
  const refused = [
    { code: 1, opaque: 7, remark: expect.stringContaining('input/output') as string },
  ];

  test('is refused when its queue grows, and nothing of another answer is sent', () => {
    const { client, pull } = pullOf(store, spanBytes);
    expect(pull.attempt()).toBe(true);
    expect(client.sent).toMatchObject(refused);
    expect(client.outputEnd).toBe(0);
  });

  test('is refused when its time is up', () => {
    const { client, pull } = pullOf(store, spanBytes);
    pull.giveUp();
    expect(client.sent).toMatchObject(refused);
    expect(client.outputEnd).toBe(0);
  });

  test('throws to its dispatcher when it has not waited, and has sent nothing', () => {
    const { client, pull } = pullOf(store, spanBytes);
    expect(() => pull.start(true)).toThrow(broken);
    expect([client.sent.length, client.outputEnd]).toEqual([0, 0]);
  });
});

test('a bug in a held pull is no refusal', () => {
  const { client, pull } = pullOf(
    {
      read: () => {
        throw new TypeError('bug');
      },
    },
    1,
  );
  expect(() => pull.attempt()).toThrow('bug');
  expect(client.sent).toEqual([]);
});
