/**
 * What a request table is made of. One row per request: the dispatcher, the clients, access
 * control, metrics labels and the reference page all follow it.
 */
import type { Described, HeaderCodec } from '../header.ts';

/** What access control asks for; any one of a row's actions is enough. */
export type Action = 'pub' | 'sub' | 'create' | 'update' | 'delete' | 'get' | 'list';

/**
 * Where a request may be sent. `fast` is the broker's second port, which has no pulls so that
 * sends never queue behind them; `client` is a client's own connection, asked by a server.
 */
export type Server =
  | 'nameserver'
  | 'broker'
  | 'fast'
  | 'proxy'
  | 'controller'
  | 'container'
  | 'client';

export interface RequestRow {
  readonly code: number;
  readonly doc: string;
  readonly servedBy: readonly Server[];
  /** On each topic and group that the header names, on the cluster when it names none. */
  readonly actions?: readonly Action[];
  /** The asking side never wants an answer. */
  readonly oneway?: boolean;
  readonly request: HeaderCodec<unknown>;
  readonly response: HeaderCodec<unknown>;
}

export type RequestTable = Readonly<Record<string, RequestRow>>;

export type RequestName<T extends RequestTable> = Extract<keyof T, string>;
export type RequestHeader<T extends RequestTable, N extends keyof T> = Described<T[N]['request']>;
export type ResponseHeader<T extends RequestTable, N extends keyof T> = Described<T[N]['response']>;

/** The names of a table by their codes. */
export function namesByCode<T extends RequestTable>(table: T): ReadonlyMap<number, RequestName<T>> {
  const names = Object.keys(table) as RequestName<T>[];
  return new Map(names.map((name) => [table[name]?.code ?? 0, name]));
}
