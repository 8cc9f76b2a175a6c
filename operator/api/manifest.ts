/**
 * A manifest file: YAML with one or more documents, checked as a whole, its umbrellas opened into
 * the components they stand for. What comes out is complete: defaults filled in, every field
 * either with an effect or refused.
 */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { BrokerSet } from './broker-set.ts';
import { childrenOf } from './children.ts';
import { type Kind, kinds } from './kinds.ts';
import { ManifestError, type ManifestProblem } from './manifest-error.ts';
import type { NameServer } from './name-server.ts';
import { findNearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { RocketMQCluster } from './rocketmq-cluster.ts';
import { type Place, placeOf } from './source-map.ts';

export interface Components {
  readonly clusters: readonly RocketMQCluster[];
  readonly nameServers: readonly NameServer[];
  readonly brokerSets: readonly BrokerSet[];
}

/** The name of every umbrella in the file is `name`, when one is given. */
export interface Reading {
  readonly file: string;
  readonly name?: string | undefined;
}

type Component = NameServer | BrokerSet;

/** Throws a `ManifestError` with every problem in `text`. */
export function readManifest(text: string, { file, name }: Reading): Components {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const written = 'empty' in documents ? [] : documents.filter(({ contents }) => contents !== null);
  if (written.length === 0) {
    throw new ManifestError(file, [
      { place: file, path: '', message: 'there is no manifest in it' },
    ]);
  }
  const opened = written.map((document) => readWritten(document, lines, name));
  const problems = opened.flatMap((one) => one.problems).sort(inOrder);
  if (problems.length > 0) {
    const inPlace = problems.map((problem) => placed(file, problem));
    throw new ManifestError(file, inPlace);
  }

  const components = opened.flatMap((one) => one.components);
  const loose = unresolved(file, components);
  if (loose.length > 0) throw new ManifestError(file, loose);
  return {
    clusters: opened.flatMap((one) => one.clusters),
    nameServers: components.filter((component) => component.kind === 'NameServer'),
    brokerSets: components.filter((component) => component.kind === 'BrokerSet'),
  };
}

interface Found extends Place {
  readonly path: string;
  readonly message: string;
}

function readWritten(
  document: Document.Parsed,
  lines: LineCounter,
  name: string | undefined,
): Opened & { readonly problems: readonly Found[] } {
  const syntax = document.errors.map(({ pos, message }): Found => {
    const { line, col } = lines.linePos(pos[0]);
    return { line, column: col, path: '', message };
  });
  if (syntax.length > 0) return { ...NONE, problems: syntax };
  // By place and message: what several children inherit is one mistake.
  const problems = new Map<string, Found>();
  const report: Report = ({ path, message, atKey = false }) => {
    const place = placeOf(document, lines, path, atKey);
    problems.set(`${place.line}:${place.column} ${message}`, { ...place, path, message });
  };
  const opened = readDocument(valueOf(document, name), report);
  return { ...opened, problems: [...problems.values()] };
}

function inOrder(left: Place, right: Place): number {
  return left.line - right.line || left.column - right.column;
}

function placed(file: string, { line, column, path, message }: Found): ManifestProblem {
  return { place: `${file}:${line}:${column}`, path, message };
}

interface Opened {
  readonly clusters: readonly RocketMQCluster[];
  readonly components: readonly Component[];
}

type Report = (problem: Problem) => void;

const NONE: Opened = { clusters: [], components: [] };

function readDocument(value: unknown, report: Report): Opened {
  const kind = member(value, 'kind');
  switch (kind) {
    case 'RocketMQCluster':
      return readCluster(value, report);
    case 'NameServer':
      return { clusters: [], components: readAs<NameServer>(kinds.NameServer, value, report) };
    case 'BrokerSet':
      return { clusters: [], components: readAs<BrokerSet>(kinds.BrokerSet, value, report) };
    default:
      report(wrongKind(value, kind));
      return NONE;
  }
}

/** The manifest, when its structure is right: what is refused of it is reported. */
function readAs<Manifest>(kind: Kind<Manifest>, value: unknown, report: Report): Manifest[] {
  const read = kind.read(value);
  const problems = 'manifest' in read ? kind.refusals(read.manifest) : read.problems;
  problems.forEach(report);
  return 'manifest' in read ? [read.manifest] : [];
}

function readCluster(value: unknown, report: Report): Opened {
  const clusters = readAs<RocketMQCluster>(kinds.RocketMQCluster, value, report);
  const components = clusters.flatMap(childrenOf).flatMap((child): Component[] => {
    const reportInCluster: Report = (problem) => {
      const field = /^spec\.?(.*)$/.exec(problem.path)?.[1];
      const path = field === undefined ? 'metadata.name' : child.placeOf(field);
      report({ ...problem, path });
    };
    return child.kind === 'NameServer'
      ? readAs<NameServer>(kinds.NameServer, child.manifest, reportInCluster)
      : readAs<BrokerSet>(kinds.BrokerSet, child.manifest, reportInCluster);
  });
  return { clusters, components };
}

function valueOf(document: Document.Parsed, name: string | undefined): unknown {
  if (name !== undefined && document.get('kind') === 'RocketMQCluster') {
    document.setIn(['metadata', 'name'], name);
  }
  return document.toJS();
}

function wrongKind(value: unknown, kind: unknown): Problem {
  const known = Object.keys(kinds);
  if (typeof kind !== 'string') {
    const what = member(value, 'apiVersion') === undefined ? 'no manifest' : 'without a kind';
    return { path: '', message: `this is ${what}: expected a ${known.join(', ')}` };
  }
  const later = LATER_KINDS.includes(kind);
  if (later) {
    const message = `"${kind}" is not possible yet: it comes with the operator; leave it out`;
    return { path: 'kind', message };
  }
  const nearest = findNearest(kind, known);
  const hint = nearest === undefined ? `expected ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { path: 'kind', message: `there is no kind "${kind}": ${hint}` };
}

const LATER_KINDS = ['Controller', 'Proxy', 'Topic', 'ConsumerGroup', 'User'];

/** What the file as a whole must satisfy: names are unique, references lead somewhere. */
function unresolved(file: string, components: readonly Component[]): ManifestProblem[] {
  const seen = new Set<string>();
  return components.flatMap((component) => {
    const { kind, metadata } = component;
    const problems: ManifestProblem[] = [];
    const id = idOf(kind, metadata);
    if (seen.has(id)) {
      const message = `there are two of ${kind} "${metadata.name}"; each needs its own name`;
      problems.push({ place: file, path: '', message });
    }
    seen.add(id);
    const ref = kind === 'BrokerSet' ? component.spec.nameServers.ref?.name : undefined;
    const target = ref && idOf('NameServer', { ...metadata, name: ref });
    if (
      target !== undefined &&
      !components.some((one) => idOf(one.kind, one.metadata) === target)
    ) {
      const message = `BrokerSet "${metadata.name}" refers to NameServer "${ref}", which is not in this file`;
      problems.push({ place: file, path: '', message });
    }
    return problems;
  });
}

function idOf(kind: string, { namespace, name }: { namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
