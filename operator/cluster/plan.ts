/**
 * What is to be done for a `RocketMQCluster`, from what is seen of its components. Pure.
 *
 * Invariants: a component is made, and given a new version, only when those before it are ready
 * for what they were told last; every other change goes to all at once, so that a fix is never held
 * up by what it is to fix, and a component that is stalled gets its version at once. A set is taken
 * away only while another one takes its place.
 */
import { type Child, childrenOf } from '../api/children.ts';
import type { RocketMQCluster } from '../api/rocketmq-cluster.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { StalledReason } from '../api/vocabulary/conditions.ts';
import type { LiveChild, Release } from './live-child.ts';

export interface Observed {
  /** Undefined when the spec cannot be used. */
  readonly manifest: RocketMQCluster | undefined;
  readonly isPaused: boolean;
  readonly isDeleting: boolean;
  readonly hasFinalizer: boolean;
  /** Those that are the cluster's own. */
  readonly children: readonly LiveChild[];
  /** Names, as `kind/name`, of components that belong to somebody else. */
  readonly foreign: readonly string[];
  /** The operator's own version: what runs where the spec names none. */
  readonly version: string;
}

export type ClusterAction =
  | { readonly kind: 'AddFinalizer' }
  | { readonly kind: 'DropFinalizer' }
  | {
      readonly kind: 'Apply';
      readonly child: Child;
      readonly isNew: boolean;
      /** The version that it gets, when that is another one than it has. */
      readonly upgradeTo: string | undefined;
    }
  /** It is to go at once, with what is in it. */
  | { readonly kind: 'SkipDrain'; readonly child: LiveChild }
  | { readonly kind: 'Remove'; readonly child: LiveChild };

export interface Stalled {
  readonly reason: StalledReason;
  readonly message: string;
}

export interface ClusterPlan {
  readonly actions: readonly ClusterAction[];
  /** `kind/name` of components that are yet to be made or to get their version, in their order. */
  readonly waiting: readonly string[];
  /** The component that they wait for, and what it says. */
  readonly heldBy: string | undefined;
  /** Components that are to go and stay until another set serves. */
  readonly kept: readonly string[];
  readonly stalled: Stalled | undefined;
}

const NOTHING: ClusterPlan = {
  actions: [],
  waiting: [],
  heldBy: undefined,
  kept: [],
  stalled: undefined,
};

export function planCluster(observed: Observed): ClusterPlan {
  const { manifest, foreign, isDeleting, isPaused, hasFinalizer } = observed;
  if (isDeleting) return { ...NOTHING, actions: planTeardown(observed) };
  if (isPaused || manifest === undefined) return NOTHING;
  if (foreign.length > 0) {
    const message = `${foreign.join(', ')} is there and belongs to somebody else`;
    return { ...NOTHING, stalled: { reason: 'ForeignObject', message } };
  }
  const wanted = wantedChildren(manifest, observed.version);
  const { applies, waiting, heldBy } = planChildren(wanted, observed.children);
  const removal = planRemovals(manifest, wanted, observed.children);
  return {
    actions: [
      ...(hasFinalizer ? [] : [{ kind: 'AddFinalizer' } as const]),
      ...applies,
      ...removal.actions,
    ],
    waiting,
    heldBy,
    kept: removal.kept,
    stalled: removal.stalled,
  };
}

/** The children as their user wants them, in the order in which they are made and upgraded. */
export function wantedChildren(cluster: RocketMQCluster, version: string): Child[] {
  return childrenOf(cluster).map((child) => {
    const spec = specOf(child);
    const { metadata } = cluster;
    const passed = PASSED_ON.filter((name) => Object.hasOwn(metadata.annotations, name));
    return {
      ...child,
      manifest: {
        ...child.manifest,
        metadata: {
          ...(child.manifest['metadata'] as object),
          annotations: Object.fromEntries(
            passed.map((name) => [name, metadata.annotations[name]] as const),
          ),
        },
        // Said in any case: else a new operator would upgrade all components at once.
        spec: { version, ...spec, ...storageOf(cluster, spec) },
      },
    };
  });
}

/** What a person says on the umbrella for all of its components. */
const PASSED_ON: readonly string[] = [annotations.restartedAt.name, annotations.skipGates.name];

type Spec = Readonly<Record<string, unknown>>;

function specOf({ manifest }: Child): Spec {
  return manifest['spec'] as Spec;
}

/** With `deletionPolicy: Delete` the claims go with their component, unless it says otherwise. */
function storageOf({ spec: { deletionPolicy } }: RocketMQCluster, spec: Spec): Spec {
  const storage = spec['storage'] as Spec | undefined;
  if (deletionPolicy !== 'Delete' || storage?.['ephemeral'] !== undefined) return {};
  const retention = { whenDeleted: 'Delete', ...(storage?.['retention'] as Spec | undefined) };
  return { storage: { ...storage, retention } };
}

export function ownName({ manifest }: Child): string {
  return (manifest['metadata'] as { readonly name: string }).name;
}

export function childName(child: Child): string {
  return `${child.kind}/${ownName(child)}`;
}

export function shownChild({ kind, name }: LiveChild): string {
  return `${kind}/${name}`;
}

function planChildren(
  wanted: readonly Child[],
  live: readonly LiveChild[],
): Pick<ClusterPlan, 'waiting' | 'heldBy'> & { readonly applies: ClusterAction[] } {
  const applies: ClusterAction[] = [];
  const waiting: string[] = [];
  /** The first component that is not yet what it is to be: all behind it wait. */
  let heldBy: string | undefined;
  for (const child of wanted) {
    const name = childName(child);
    const now = live.find((one) => shownChild(one) === name);
    // A set that stands still with the version it has is not helped by waiting for others.
    const isFree = heldBy === undefined || (now?.stalled !== undefined && waiting.length === 0);
    const step = planChild(child, now, isFree);
    if (step.apply !== undefined) applies.push(step.apply);
    if (step.isWaiting) waiting.push(name);
    if (!step.isSettled) heldBy ??= `${name}: ${now?.message ?? 'it is being made'}`;
  }
  return { applies, waiting, heldBy };
}

interface Step {
  readonly apply?: ClusterAction & { readonly kind: 'Apply' };
  /** It is yet to be made or to get its version. */
  readonly isWaiting: boolean;
  /** It is what it is to be, and ready: what comes behind it may go on. */
  readonly isSettled: boolean;
}

function planChild(child: Child, now: LiveChild | undefined, isFree: boolean): Step {
  if (now === undefined) {
    const apply = { kind: 'Apply', child, isNew: true, upgradeTo: undefined } as const;
    return { ...(isFree ? { apply } : {}), isWaiting: !isFree, isSettled: false };
  }
  // Made anew once it is gone.
  if (now.isGoing) return { isWaiting: true, isSettled: false };
  const release = releaseOf(child);
  if (isSameRelease(release, now.release)) {
    const apply = { kind: 'Apply', child, isNew: false, upgradeTo: undefined } as const;
    return { apply, isWaiting: false, isSettled: now.isSettled };
  }
  const upgradeTo = release.image ?? release.version ?? '';
  if (isFree) {
    const apply = { kind: 'Apply', child, isNew: false, upgradeTo } as const;
    return { apply, isWaiting: false, isSettled: false };
  }
  const apply = {
    kind: 'Apply',
    child: withRelease(child, now.release),
    isNew: false,
    upgradeTo: undefined,
  } as const;
  return { apply, isWaiting: true, isSettled: false };
}

function releaseOf(child: Child): Release {
  const { version, image } = specOf(child) as Release;
  return { version, image };
}

function isSameRelease(one: Release, other: Release): boolean {
  return one.version === other.version && one.image === other.image;
}

/** `child`, but with the program that it runs already. */
function withRelease(child: Child, release: Release): Child {
  const { version: _version, image: _image, ...rest } = specOf(child);
  const kept = Object.entries(release).filter(([, value]) => value !== undefined);
  const spec = { ...Object.fromEntries(kept), ...rest };
  return { ...child, manifest: { ...child.manifest, spec } };
}

interface Removals {
  readonly actions: readonly ClusterAction[];
  readonly kept: readonly string[];
  readonly stalled: Stalled | undefined;
}

function planRemovals(
  { spec: { brokerSets, deletionPolicy } }: RocketMQCluster,
  wanted: readonly Child[],
  live: readonly LiveChild[],
): Removals {
  const names = new Set(wanted.map(childName));
  const superfluous = live.filter((child) => !child.isGoing && !names.has(shownChild(child)));
  const actions = superfluous.map((child) => ({ kind: 'Remove', child }) as const);
  const done = { actions, kept: [], stalled: undefined };
  const isLast = brokerSets.every(({ groups }) => groups === 0);
  if (isLast && deletionPolicy === 'Delete') {
    return { ...done, actions: superfluous.flatMap(removalWithoutDrain) };
  }
  if (actions.length === 0 || deletionPolicy === 'Delete') return done;
  const shown = superfluous.map(shownChild);
  if (isLast) {
    const message = `without ${shown.join(', ')} no broker group would be left: that takes deletionPolicy: Delete`;
    return { actions: [], kept: [], stalled: { reason: 'LastBrokerSet', message } };
  }
  const remaining = live.filter(
    (child) => child.kind === 'BrokerSet' && names.has(shownChild(child)),
  );
  if (remaining.some(({ isReady }) => isReady)) return done;
  return { actions: [], kept: shown, stalled: undefined };
}

/**
 * Broker sets go before name servers, each kind when the one before is gone: brokers end in order
 * while somebody still routes to them. Nothing is drained, the whole cluster was to go.
 */
function planTeardown({ hasFinalizer, children }: Observed): ClusterAction[] {
  if (!hasFinalizer) return [];
  const sets = children.filter(({ kind }) => kind === 'BrokerSet');
  const next = sets.length > 0 ? sets : children;
  if (next.length === 0) return [{ kind: 'DropFinalizer' }];
  return next.flatMap(removalWithoutDrain);
}

/** What is on it is to go with it: there is nobody to whom it could go. */
function removalWithoutDrain(child: LiveChild): ClusterAction[] {
  const skips = child.kind === 'BrokerSet' && !drainIsSkipped(child);
  return [
    ...(skips ? [{ kind: 'SkipDrain', child } as const] : []),
    ...(child.isGoing ? [] : [{ kind: 'Remove', child } as const]),
  ];
}

function drainIsSkipped(child: LiveChild): boolean {
  return child.annotations[annotations.deleteWithoutDrain.name] === 'true';
}
