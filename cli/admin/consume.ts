/**
 * `gantry admin consume`: prints the messages of a topic as they come. Without a group it reads and
 * leaves no trace; as a member of a group it consumes, so that others of the group do not get them.
 */
import { Admin, Consumer, Reader, type ReceivedMessage, type StartFrom } from '../../client/mod.ts';
import { Failure } from '../../protocol/mod.ts';
import type { Timer } from '../../runtime/mod.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from './invocation.ts';
import { messageColumns, messageForm } from './message-form.ts';
import { RowStream } from './rows.ts';

export interface ConsumeRequest {
  readonly topic: string;
  readonly group?: string | undefined;
  /** `TagA || TagB` */
  readonly tag?: string | undefined;
  readonly from?: StartFrom | undefined;
  /** Ends after so many messages. */
  readonly count?: number | undefined;
  /** Ends when no message has come for so long. */
  readonly timeoutMs?: number | undefined;
}

type End = 'enough' | 'quiet' | 'interrupted';

export async function consume(invocation: Invocation, request: ConsumeRequest): Promise<void> {
  const consumption = new Consumption(invocation, request);
  {
    await using _source = await (request.group === undefined
      ? read(invocation, request, consumption)
      : join(invocation, { ...request, group: request.group }, consumption));
    invocation.note(beginning(request));
    invocation.wait(`Waiting for messages of ${request.topic}`);
    await consumption.ended;
  }
  consumption.requireEnough();
}

/** Prints messages until the end, and decides when that is. */
class Consumption {
  readonly ended: Promise<void>;
  readonly #invocation: Invocation;
  readonly #request: ConsumeRequest;
  readonly #rows: RowStream<ReturnType<typeof messageForm>>;
  readonly #endNow: () => void;
  #end: End | undefined;
  #messages = 0;
  #quiet: Timer | undefined;
  #trouble: string | undefined;

  constructor(invocation: Invocation, request: ConsumeRequest) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.ended = promise;
    this.#endNow = () => resolve(undefined);
    this.#invocation = invocation;
    this.#request = request;
    this.#rows = new RowStream(invocation, messageColumns);
    const signal = invocation.interruption();
    signal.addEventListener('abort', () => this.#finish('interrupted'), { once: true });
    this.#waitOn();
  }

  get isEnough(): boolean {
    return this.#end === 'enough';
  }

  take(message: ReceivedMessage): void {
    if (this.isEnough) return;
    this.#trouble = undefined;
    this.#rows.add(messageForm(message));
    this.#messages++;
    if (this.#messages === this.#request.count) this.#finish('enough');
    else this.#waitOn();
  }

  /** Said once, not at every attempt. */
  tell({ message }: Error): void {
    if (this.#end !== undefined || message === this.#trouble) return;
    this.#trouble = message;
    this.#invocation.note(`${message}; trying again`);
  }

  /** Throws when fewer messages came than were asked for. */
  requireEnough(): void {
    const { count, timeoutMs = 0 } = this.#request;
    if (count === undefined || this.#end === 'enough') return;
    const came = `${this.#messages} of ${count} messages came`;
    if (this.#end === 'interrupted') throw new CommandError('Interrupted', came);
    const message = `${came}, then none for ${timeoutMs / 1000} s`;
    throw new CommandError('NotReady', message);
  }

  #waitOn(): void {
    const { timeoutMs } = this.#request;
    if (timeoutMs === undefined || this.#end !== undefined) return;
    this.#quiet?.cancel();
    this.#quiet = this.#invocation.runtime.clock.after(timeoutMs, () => this.#finish('quiet'));
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#quiet?.cancel();
    this.#endNow();
  }
}

function read(
  { runtime, nameServers }: Invocation,
  { topic, tag = '*', from = 'first' }: ConsumeRequest,
  consumption: Consumption,
): Promise<AsyncDisposable> {
  return Reader.start(runtime, {
    nameServers,
    topic,
    expression: tag,
    startFrom: from,
    onMessage: (message) => consumption.take(message),
    onTrouble: (error) => consumption.tell(error),
  });
}

async function join(
  { runtime, nameServers }: Invocation,
  request: ConsumeRequest & { readonly group: string },
  consumption: Consumption,
): Promise<AsyncDisposable> {
  const { topic, tag = '*', from = 'first', group, count } = request;
  {
    await using admin = Admin.start(runtime, { nameServers });
    if ((await admin.findRoute(topic)) === undefined) {
      throw new Failure('TopicNotFound', `Cannot consume "${topic}": no broker has the topic`);
    }
  }
  return Consumer.start(runtime, {
    nameServers,
    group,
    subscriptions: { [topic]: tag },
    startFrom: from,
    concurrency: 1,
    batchMessages: count === undefined ? 32 : Math.min(count, 32),
    onMessage: async (message, signal) => {
      consumption.take(message);
      // The last one keeps its slot, so that those in line behind it stay for others.
      if (consumption.isEnough) await aborted(signal);
    },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What is going on and how it ends. */
function beginning({ topic, group, from = 'first', count, timeoutMs }: ConsumeRequest): string {
  const places = { first: 'its first message', last: 'what comes next' } as const;
  const place = typeof from === 'string' ? places[from] : `what came since ${from.toISOString()}`;
  const what =
    group === undefined
      ? `Reading ${topic} from ${place}, in no group`
      : `Consuming ${topic} in group ${group}`;
  const ends = [
    ...(count === undefined ? [] : [count === 1 ? '1 message' : `${count} messages`]),
    ...(timeoutMs === undefined ? [] : [`${timeoutMs / 1000} s without one`]),
    'Ctrl-C',
  ];
  return `${what}; ends with ${ends.join(' or ')}`;
}
