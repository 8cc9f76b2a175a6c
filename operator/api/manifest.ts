/**
 * A manifest file: YAML with one or more documents, checked as a whole, its umbrellas opened into
 * the components they stand for. What comes out is complete: defaults filled in, every field
 * either with an effect or refused.
 */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { findNearest } from '../../config/mod.ts';
import type { BrokerSet } from './broker-set.ts';
import { childrenOf } from './children.ts';
import type { KindName } from './kinds.ts';
import { ManifestError, type ManifestProblem } from './manifest-error.ts';
import { type Judges, settingsProblems } from './manifest-settings.ts';
import type { NameServer } from './name-server.ts';
import type { Problem } from './problem.ts';
import { readKind } from './read-object.ts';
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
  /** Who knows the keys of `config`; unjudged, when left out. */
  readonly judges?: Judges | undefined;
}

type Component = NameServer | BrokerSet;

/** Throws a `ManifestError` with every problem in `text`. */
export function readManifest(text: string, { file, name, judges }: Reading): Components {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const written = 'empty' in documents ? [] : documents.filter(({ contents }) => contents !== null);
  if (written.length === 0) {
    throw new ManifestError(file, [
      { place: file, path: '', message: 'there is no manifest in it' },
    ]);
  }
  const opened = written.map((document) => readWritten(document, lines, { name, judges }));
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
  { name, judges }: Pick<Reading, 'name' | 'judges'>,
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
  const value = valueOf(document, name);
  const opened = readDocument(value, report);
  if (judges !== undefined) settingsProblems(value, judges).forEach(report);
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
      return { clusters: [], components: readAs('NameServer', value, report) };
    case 'BrokerSet':
      return { clusters: [], components: readAs('BrokerSet', value, report) };
    default:
      report(wrongKind(value, kind));
      return NONE;
  }
}

/** The manifest, when nothing is wrong with it: what is refused of it is reported. */
function readAs<Name extends KindName>(
  kind: Name,
  value: unknown,
  report: Report,
): Extract<ReturnType<typeof readKind<Name>>, { readonly manifest: unknown }>['manifest'][] {
  const read = readKind(kind, value, 'gantry up');
  if ('manifest' in read) return [read.manifest];
  read.problems.forEach(report);
  return [];
}

function readCluster(value: unknown, report: Report): Opened {
  const clusters = readAs('RocketMQCluster', value, report);
  const components = clusters.flatMap(childrenOf).flatMap((child): Component[] => {
    return child.kind === 'NameServer'
      ? readAs('NameServer', child.manifest, report)
      : readAs('BrokerSet', child.manifest, report);
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
  const known = LOCAL_KINDS;
  if (typeof kind !== 'string') {
    const what = member(value, 'apiVersion') === undefined ? 'no manifest' : 'without a kind';
    return { path: '', message: `this is ${what}: expected a ${known.join(', ')}` };
  }
  const refusal = Object.hasOwn(NOT_LOCAL, kind) ? NOT_LOCAL[kind] : undefined;
  if (refusal !== undefined) return { path: 'kind', message: `"${kind}" is ${refusal}` };
  const nearest = findNearest(kind, known);
  const hint = nearest === undefined ? `expected ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { path: 'kind', message: `there is no kind "${kind}": ${hint}` };
}

const LOCAL_KINDS = ['RocketMQCluster', 'NameServer', 'BrokerSet'];
const RUNS = '`gantry up` runs RocketMQCluster, NameServer and BrokerSet';

/** Kinds that are right in a manifest, only not here. */
const NOT_LOCAL: Readonly<Record<string, string>> = {
  Topic: `for the operator: ${RUNS}; create topics with \`gantry admin topic create\``,
  ConsumerGroup: `for the operator: ${RUNS}; a group is made when its first consumer connects`,
  Controller: 'not possible yet: controllers come with replication; leave it out',
  Proxy: 'not possible yet: the gRPC proxy comes later; leave it out',
  User: 'not possible yet: authentication comes later; leave it out',
};

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
