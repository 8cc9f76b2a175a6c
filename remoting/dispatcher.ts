/**
 * From a command to its handler and back: decodes the header by the request's row, calls the
 * handler, and sends what it returned or threw. Everything that is the same for every request is
 * here, and nothing else.
 *
 * Bound: a connection may have `OPEN_REQUESTS_MAX` requests waiting for asynchronous handlers; what
 * exceeds it is answered "system busy" at once, as RocketMQ does when its queues are full.
 */
import {
  ANSWER_FLAG,
  type Command,
  Failure,
  failures,
  isOneway,
  type RequestName,
  type RequestRow,
  type RequestTable,
  responseCodes,
  type WireFields,
} from '../protocol/mod.ts';
import { DiskError, NetworkError, type Runtime } from '../runtime/mod.ts';
import { type Answer, type Handler, type Handlers, NO_ANSWER } from './handler.ts';
import { completed, type Outgoing } from './outgoing.ts';
import type { ServerConnection } from './server-connection.ts';

const OPEN_REQUESTS_MAX = 4096;

export interface DispatchHooks {
  /** After every request, with the code it was answered with, or would have been if not oneway. */
  readonly onDone?: (name: string, code: number, durationMs: number, oneway: boolean) => void;
}

export interface Dispatcher {
  /** Whether a handler is there for `code`. */
  knows(code: number): boolean;
  /** Sends the answer itself, now or later. `command` must not be a view of a borrowed buffer. */
  dispatch(command: Command, connection: ServerConnection): void;
}

interface Entry {
  readonly name: string;
  readonly row: RequestRow;
  readonly handler: Handler<RequestTable, string>;
}

/** An outcome as it leaves, before it is an answer to a particular command. */
interface Encoded {
  readonly code: number;
  readonly remark?: string | undefined;
  readonly fields?: WireFields;
  readonly body?: Buffer | undefined;
}

/** Rows without a handler are answered like codes that nobody knows. */
export function dispatcher<T extends RequestTable>(
  runtime: Pick<Runtime, 'clock' | 'log'>,
  table: T,
  handlers: Partial<Handlers<T>>,
  hooks: DispatchHooks = {},
): Dispatcher {
  const entries = new Map<number, Entry>();
  for (const [name, row] of Object.entries<RequestRow>(table)) {
    const handler = handlers[name as RequestName<T>] as Handler<RequestTable, string> | undefined;
    if (handler !== undefined) entries.set(row.code, { name, row, handler });
  }
  return new TableDispatcher(runtime, entries, hooks);
}

class TableDispatcher implements Dispatcher {
  readonly #runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #hooks: DispatchHooks;

  constructor(
    runtime: Pick<Runtime, 'clock' | 'log'>,
    entries: ReadonlyMap<number, Entry>,
    hooks: DispatchHooks,
  ) {
    this.#runtime = runtime;
    this.#entries = entries;
    this.#hooks = hooks;
  }

  knows(code: number): boolean {
    return this.#entries.has(code);
  }

  dispatch(command: Command, connection: ServerConnection): void {
    const startMs = this.#runtime.clock.monotonicMs();
    const entry = connection.serves(command.code) ? this.#entries.get(command.code) : undefined;
    const finish = (outcome: Encoded | undefined): void => {
      if (outcome !== undefined) answer(command, outcome, connection);
      const durationMs = this.#runtime.clock.monotonicMs() - startMs;
      const name = entry?.name ?? 'UNKNOWN';
      this.#hooks.onDone?.(name, outcome?.code ?? 0, durationMs, isOneway(command));
    };
    if (entry === undefined) {
      finish(notSupported(command.code));
      return;
    }
    const result = this.#call(entry, command, connection);
    if (!(result instanceof Promise)) {
      finish(result);
      return;
    }
    connection.openRequests++;
    void result.then((outcome) => {
      connection.openRequests--;
      finish(outcome);
    });
  }

  /** Resolves with every outcome but a bug, which it lets through: that ends the process. */
  #call(
    entry: Entry,
    command: Command,
    connection: ServerConnection,
  ): Encoded | undefined | Promise<Encoded | undefined> {
    if (connection.openRequests >= OPEN_REQUESTS_MAX) return OVERLOADED;
    const { name, row, handler } = entry;
    try {
      const header = row.request.decode(command.fields) as never;
      const result = handler({ name, header, body: command.body, command, connection });
      if (!(result instanceof Promise)) return encode(row, result);
      return result.then(
        (response) => encode(row, response),
        (error: unknown) => this.#refusal(name, error),
      );
    } catch (error) {
      return this.#refusal(name, error);
    }
  }

  /** A refusal, or the world that said no. Anything else is a bug: it gets out and ends the process. */
  #refusal(name: string, error: unknown): Encoded {
    if (error instanceof Failure) {
      return { code: failures[error.name].remoting, remark: error.message };
    }
    if (!(error instanceof DiskError) && !(error instanceof NetworkError)) throw error;
    this.#runtime.log.error('A request failed', { request: name, error });
    return { code: responseCodes.SYSTEM_ERROR, remark: error.message };
  }
}

const OVERLOADED: Encoded = {
  code: responseCodes.SYSTEM_BUSY,
  remark: '[OVERLOAD]system busy, start flow control for a while',
};

function notSupported(code: number): Encoded {
  return {
    code: responseCodes.REQUEST_CODE_NOT_SUPPORTED,
    remark: ` request type ${code} not supported`,
  };
}

function encode(row: RequestRow, response: Answer<RequestTable, string>): Encoded | undefined {
  if (response === NO_ANSWER) return undefined;
  const { code = responseCodes.SUCCESS, remark, header, body } = response;
  if (header === undefined) return { code, remark, body };
  return { code, remark, body, fields: row.response.encode(header as never) };
}

/** In the serialization of the request: who asks in JSON may read nothing else. */
function answer(command: Command, outcome: Outgoing, connection: ServerConnection): void {
  if (isOneway(command)) return;
  const { serialization, opaque } = command;
  connection.send(completed({ ...outcome, serialization }, opaque, ANSWER_FLAG));
}
