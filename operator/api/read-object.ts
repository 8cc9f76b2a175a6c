/**
 * An object as the API server gave it, as the reconcilers use it: complete, or everything that is
 * wrong with it. The API server has checked it against the CRD that was installed, which may be an
 * older one; so nothing is believed. What only the API server writes is left aside.
 */
import { childrenOf } from './children.ts';
import { isTooDeep, LEVELS_MAX } from './depth.ts';
import { type KindName, kinds, type Read } from './kinds.ts';
import type { Problem } from './problem.ts';
import type { RocketMQCluster } from './rocketmq-cluster.ts';
import type { Runner } from './rule.ts';
import type { StalledReason } from './vocabulary/conditions.ts';

type Manifests = {
  readonly [Name in KindName]: Extract<
    ReturnType<(typeof kinds)[Name]['read']>,
    { readonly manifest: unknown }
  >['manifest'];
};

/** The condition `Stalled` that such an object ends in. */
export interface Unusable {
  readonly reason: StalledReason & ('InvalidSpec' | 'NotImplemented');
  /** Every problem, for a person. */
  readonly message: string;
  readonly problems: readonly Problem[];
}

type Answer<Name extends KindName> = { readonly manifest: Manifests[Name] } | Unusable;

/**
 * What was read of an object, for as long as it is the newest: a cache gives the same one until it
 * changes, each look at a broker set reads its name servers too, and nobody may change either.
 */
const answers = new WeakMap<object, Answer<KindName>>();

/** `raw` is the object as the API server gave it; its status and server-set metadata are ignored. */
export function readObject<Name extends KindName>(kind: Name, raw: unknown): Answer<Name> {
  // An object is of one kind, and is read as no other.
  const known = isBlock(raw) && raw['kind'] === kind ? answers.get(raw) : undefined;
  if (known !== undefined) return known as Answer<Name>;
  const read = isTooDeep(raw) ? { problems: [TOO_DEEP] } : readKind(kind, written(raw), 'operator');
  const answer = 'manifest' in read ? read : unusable(read.problems);
  if (isBlock(raw) && raw['kind'] === kind) answers.set(raw, answer);
  return answer;
}

const TOO_DEEP: Problem = {
  path: 'spec',
  message: `is nested deeper than the ${LEVELS_MAX} levels that it may have`,
};

/** `value` as a manifest of `kind` that `runner` can make real; an umbrella with all its children. */
export function readKind<Name extends KindName>(
  kind: Name,
  value: unknown,
  runner: Runner,
): Read<Manifests[Name]> {
  const read = kinds[kind].read(value) as Read<Manifests[Name]>;
  if ('problems' in read) return read;
  const refusals = kinds[kind].refusals as (
    manifest: Manifests[Name],
    runner: Runner,
  ) => readonly Problem[];
  const { manifest } = read;
  const inChildren =
    manifest.kind === 'RocketMQCluster' ? problemsOfChildren(manifest, runner) : [];
  const problems = [...refusals(manifest, runner), ...inChildren];
  return problems.length > 0 ? { problems } : read;
}

/** Each where the user of the umbrella would look for it. */
function problemsOfChildren(cluster: RocketMQCluster, runner: Runner): Problem[] {
  return childrenOf(cluster).flatMap(({ kind, manifest, placeOf }) => {
    const read = readKind(kind, manifest, runner);
    if ('manifest' in read) return [];
    return read.problems.map((problem) => {
      const field = /^spec\.?(.*)$/.exec(problem.path)?.[1];
      return { ...problem, path: field === undefined ? 'metadata.name' : placeOf(field) };
    });
  });
}

/** Only what people write. */
function written(raw: unknown): unknown {
  if (!isBlock(raw)) return raw;
  const { status: _status, metadata, ...rest } = raw;
  if (!isBlock(metadata)) return raw;
  const { name, namespace, labels, annotations } = metadata;
  const given = Object.entries({ name, namespace, labels, annotations });
  const present = given.filter(([, value]) => value !== undefined);
  return { ...rest, metadata: Object.fromEntries(present) };
}

function unusable(problems: readonly Problem[]): Unusable {
  // What is wrong is to be put right first; the rest may then be possible.
  const wrong = problems.filter(({ isLater }) => isLater !== true);
  const told = wrong.length > 0 ? wrong : problems;
  return {
    reason: wrong.length > 0 ? 'InvalidSpec' : 'NotImplemented',
    // What several children inherit is one mistake.
    message: [...new Set(told.map(({ path, message }) => `${path}: ${message}`))].join('\n'),
    problems,
  };
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
