/**
 * The pages of `docs/reference/`, each from the table that the code runs on: what is there is
 * documented, and nothing else is.
 */

import type { Command } from 'commander';
import { exitCodesMarkdown } from '../cli/exit-codes.ts';
import { type Options, type Schema, toMarkdown } from '../config/mod.ts';
import type { Rows } from '../metrics/mod.ts';
import {
  brokerRequests,
  clientRequests,
  containerRequests,
  controllerRequests,
  failures,
  type HeaderCodec,
  nameServerRequests,
  type RequestTable,
  responseCodeName,
} from '../protocol/mod.ts';
import { commandLines } from './commands.ts';
import { code, table } from './markdown.ts';
import type { RequestState } from './served-requests.ts';
import type { MetricsTable } from './tables.ts';

export type StateOf = (name: string) => RequestState;

const always: StateOf = () => 'yes';
const never: StateOf = () => 'no';

/** `ofBroker`: what the broker of this version makes of a request. */
export function requestsPage(ofBroker: StateOf): string {
  const tables: readonly (readonly [string, RequestTable, StateOf?])[] = [
    ['The name server', nameServerRequests, always],
    ['The broker', brokerRequests, ofBroker],
    ['A client, asked by a broker', clientRequests],
    ['The controller', controllerRequests, never],
    ['A container of brokers', containerRequests, never],
  ];
  return page('Requests', [
    'Every request of the remoting protocol: its code, who may be asked, and the fields of its header',
    'both ways. A field with `?` may be left out; `name=key` is called `key` on the wire. *Here* says',
    'what this version makes of it: yes, refused with the name of the feature, or no: answered as a',
    'code that nobody knows.',
    ...tables.flatMap(([heading, requests, stateOf]) => [
      '',
      `## ${heading}`,
      '',
      ...requestTable(requests, stateOf),
    ]),
  ]);
}

function requestTable(requests: RequestTable, stateOf?: StateOf): readonly string[] {
  const rows = Object.entries(requests)
    .toSorted(([, left], [, right]) => left.code - right.code)
    .map(([name, { code: number, doc, servedBy, request, response, oneway }]) => [
      String(number),
      `${code(name)}: ${doc}${oneway === true ? ' Never answered.' : ''}`,
      ...(stateOf === undefined ? [] : [stateOf(name)]),
      servedBy.join(', '),
      fields(request),
      fields(response),
    ]);
  const here = stateOf === undefined ? [] : ['Here'];
  return table(['Code', 'Request', ...here, 'Served by', 'Header', 'Header of the answer'], rows);
}

function fields({ rows }: HeaderCodec<unknown>): string {
  return rows
    .map(({ name, key, field }) => {
      return code(`${name}${key === name ? '' : `=${key}`}${field.required ? '' : '?'}`);
    })
    .join(' ');
}

interface FailureRow {
  readonly remoting: number;
  readonly grpc?: number;
  readonly retriable: boolean;
  readonly doc: string;
}

export function failuresPage(): string {
  const rows = Object.entries<FailureRow>(failures).map(
    ([name, { remoting, grpc, retriable, doc }]) => [
      code(name),
      `${remoting} ${responseCodeName(remoting)}`,
      grpc === undefined ? '' : String(grpc),
      retriable ? 'yes' : 'no',
      doc,
    ],
  );
  return page('Failures', [
    'Every failure that a client can be told about, with its code on each protocol, and whether',
    'another attempt may help.',
    '',
    ...table(['Failure', 'Remoting code', 'gRPC code', 'Try again', 'Meaning'], rows),
  ]);
}

export function metricsPage(metrics: readonly MetricsTable[]): string {
  return page('Metrics', [
    'Every series on `/metrics` of a role, besides those of the process (`process_…`, `nodejs_…`). Names',
    "and labels are RocketMQ's where it has them. Every series also carries what `metricsLabel` says.",
    ...metrics.flatMap(({ component, rows }) => ['', `## ${component}`, '', ...metricsTable(rows)]),
  ]);
}

function metricsTable(rows: Rows): readonly string[] {
  const cells = Object.entries(rows)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { kind, labels, doc, bounds }]) => [
      code(name),
      bounds.length === 0 ? kind : `${kind}: ${bounds.join(', ')}`,
      labels.map(code).join(' '),
      doc,
    ]);
  return table(['Metric', 'Kind', 'Labels', 'Meaning'], cells);
}

export function commandsPage(program: Command): string {
  return page('Commands', [
    'Every command says the same of itself with `--help`.',
    '',
    ...commandLines(program).slice(0, -1),
  ]);
}

export function exitCodesPage(): string {
  return `${NOTICE}\n\n${exitCodesMarkdown()}`;
}

export function optionsPage(schema: Schema<Options>): string {
  return `${NOTICE}\n\n${toMarkdown(schema)}`;
}

const NOTICE = '<!-- Made by `npm run generate` from the tables in the code: change those. -->';

export function page(heading: string, lines: readonly string[]): string {
  return [NOTICE, '', `# ${heading}`, '', ...lines, ''].join('\n');
}
