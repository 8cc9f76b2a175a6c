/**
 * A request handler: input is decoded, output is a value, refusal is a throw.
 *
 * It cannot see sockets, opaque ids or encodings; the dispatcher does all of that once. A table has
 * one row per request (`protocol/requests`), and `Handlers` one handler per row, so that leaving
 * one out does not compile.
 */
import type {
  Command,
  RequestHeader,
  RequestName,
  RequestTable,
  ResponseHeader,
} from '../protocol/mod.ts';
import type { ServerConnection } from './server-connection.ts';

export interface Request<T extends RequestTable, N extends RequestName<T>> {
  readonly name: N;
  readonly header: RequestHeader<T, N>;
  /** The handler's own: it stays valid. */
  readonly body: Buffer;
  readonly command: Command;
  readonly connection: ServerConnection;
}

/** The members of an answer that are the same for every request. */
interface Outcome {
  /** Absent for success. An outcome that carries a header, such as "no new message", is no failure. */
  readonly code?: number;
  readonly remark?: string;
  readonly body?: Buffer;
}

/** The header may be left out when none of its members is required. */
export type Response<T extends RequestTable, N extends RequestName<T>> = Outcome &
  (Record<string, never> extends ResponseHeader<T, N>
    ? { readonly header?: ResponseHeader<T, N> }
    : { readonly header: ResponseHeader<T, N> });

/** The request is never answered, though its sender would take an answer. */
export const NO_ANSWER = Symbol('no answer');

export type Answer<T extends RequestTable, N extends RequestName<T>> =
  | Response<T, N>
  | typeof NO_ANSWER;

/** Turns a request into its response, or throws a `Failure`. */
export type Handler<T extends RequestTable, N extends RequestName<T>> = (
  request: Request<T, N>,
) => Answer<T, N> | Promise<Answer<T, N>>;

export type Handlers<T extends RequestTable> = {
  readonly [N in RequestName<T>]: Handler<T, N>;
};
