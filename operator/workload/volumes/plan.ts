/**
 * Growing volumes, one StatefulSet's claims at a time.
 *
 * The claims of a set grow first. A StatefulSet's claim templates cannot be changed, so once all
 * its claims are large enough the set is deleted around its pods and made anew; that it is meant to
 * be is noted in the status before, so that an operator that finds no set knows why. Nothing here
 * keeps a pod from running: a volume that cannot grow is told about and left as it is.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StorageSpec } from '../../api/blocks/storage.ts';
import { findBytes, requireBytes } from '../../api/quantity.ts';
import { annotations } from '../../api/vocabulary/annotations.ts';
import type { ReasonOf } from '../../api/vocabulary/conditions.ts';
import type { ClaimTemplate } from '../../resources/kubernetes.ts';
import type { ClaimFacts } from '../claim-facts.ts';
import type { SetFacts } from '../set-facts.ts';

/** A StatefulSet with the claims of its pods. */
export interface VolumeOwner {
  readonly name: string;
  readonly set: SetFacts | undefined;
  readonly claims: readonly ClaimFacts[];
  /** As its pods should say it when asked whose data they hold. */
  readonly dataOwner: string;
}

export interface ChangeClaim {
  readonly kind: 'ChangeClaim';
  readonly claim: string;
  readonly uid: string;
  /** A merge patch of its spec. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface OrphanStatefulSet {
  readonly kind: 'OrphanStatefulSet';
  readonly set: string;
  readonly uid: string;
}

export interface VolumeProblem {
  readonly reason: ReasonOf<'VolumesReady'>;
  readonly message: string;
}

export interface VolumePlan {
  readonly change: ChangeClaim | undefined;
  /** Sets to be made anew, by name, with their uid; to be noted before it is done. */
  readonly recreate: ReadonlyMap<string, string>;
  /** Sets whose pods must restart for their file systems to grow. */
  readonly restart: ReadonlySet<string>;
  readonly problems: readonly VolumeProblem[];
  /** The largest size that every claim has. */
  readonly floorBytes: number | undefined;
}

export interface VolumeOptions {
  readonly storage: StorageSpec;
  readonly nowMs: number;
  /** Whether the storage class lets volumes grow; undefined where that cannot be told. */
  readonly isExpandable: boolean | undefined;
}

/** A driver that has not grown the file system by then does so only while no pod uses it. */
const ONLINE_RESIZE_MS = 120_000;

export function planVolumes(owners: readonly VolumeOwner[], options: VolumeOptions): VolumePlan {
  const { storage, nowMs, isExpandable } = options;
  const none = { change: undefined, recreate: new Map(), restart: new Set<string>() };
  if (storage.ephemeral !== undefined) return { ...none, problems: [], floorBytes: undefined };

  const claims = owners.flatMap((owner) => owner.claims.filter(({ isGoing }) => !isGoing));
  const wanted = claims.filter((claim) => changeOf(claim, storage) !== undefined);
  const isBlocked = isExpandable === false && wanted.some((claim) => isTooSmall(claim, storage));
  const growing = owners.find((owner) => owner.claims.some(isGrowing));
  // One set at a time: what is wrong with a driver shows on the first.
  const next = isBlocked
    ? undefined
    : owners
        .filter((owner) => growing === undefined || growing === owner)
        .flatMap((owner) => owner.claims.filter(({ isGoing }) => !isGoing))
        .find((claim) => changeOf(claim, storage) !== undefined);
  return {
    change: next && changeOf(next, storage),
    recreate: new Map(
      owners.flatMap(({ name, set, claims: own }) =>
        set !== undefined && !set.isGoing && mustRecreate(set, own, storage)
          ? [[name, set.uid] as const]
          : [],
      ),
    ),
    restart: new Set(
      owners.filter((owner) => owner.claims.some(waitsForRestart(nowMs))).map(({ name }) => name),
    ),
    problems: [
      ...(isBlocked ? [notExpandable(wanted, storage)] : []),
      ...owners.flatMap((owner) => owner.claims.flatMap((claim) => problemsOf(claim, owner))),
    ],
    floorBytes: claims.length === 0 ? undefined : Math.min(...claims.map(sizeOf)),
  };
}

function changeOf(claim: ClaimFacts, storage: StorageSpec): ChangeClaim | undefined {
  const { requestedBytes, volumeAttributesClass } = claim;
  const requestBytes = requestFor(claim, requireBytes(storage.size));
  const attributes = storage.volumeAttributesClassName;
  const spec = {
    ...(requestBytes !== requestedBytes && {
      resources: { requests: { storage: showBytes(requestBytes, storage.size) } },
    }),
    ...(attributes !== undefined &&
      attributes !== volumeAttributesClass && { volumeAttributesClassName: attributes }),
  };
  if (Object.keys(spec).length === 0) return undefined;
  const message = `claim ${claim.name}: ${showBytes(requestedBytes)} to ${showBytes(requestBytes, storage.size)}`;
  return { kind: 'ChangeClaim', claim: claim.name, uid: claim.uid, spec, message };
}

/**
 * What the claim should ask for. It may be lowered only while the volume has not grown yet, and
 * only to more than there is: one byte more is how Kubernetes lets an expansion be given up.
 */
function requestFor({ requestedBytes, capacityBytes }: ClaimFacts, wantedBytes: number): number {
  if (requestedBytes <= wantedBytes) return wantedBytes;
  if (capacityBytes === undefined || capacityBytes >= requestedBytes) return requestedBytes;
  return Math.min(requestedBytes, Math.max(wantedBytes, capacityBytes + 1));
}

function isTooSmall({ requestedBytes }: ClaimFacts, { size }: StorageSpec): boolean {
  return requestedBytes < requireBytes(size);
}

function isGrowing({ capacityBytes, requestedBytes, failure }: ClaimFacts): boolean {
  return capacityBytes !== undefined && capacityBytes < requestedBytes && failure === undefined;
}

function waitsForRestart(nowMs: number): (claim: ClaimFacts) => boolean {
  return ({ fileSystemPendingSinceMs: since }) =>
    since !== undefined && nowMs - since >= ONLINE_RESIZE_MS;
}

function mustRecreate(
  { claimTemplates }: SetFacts,
  claims: readonly ClaimFacts[],
  storage: StorageSpec,
): boolean {
  const [template] = claimTemplates;
  if (template === undefined || isDeepStrictEqual(shapeOf(template), shapeWanted(storage))) {
    return false;
  }
  return claims.every((claim) => changeOf(claim, storage) === undefined);
}

/** What of a template decides about future claims. */
function shapeOf({ spec }: ClaimTemplate): object {
  const requests = spec['resources'] as { requests?: { storage?: string } } | undefined;
  return {
    bytes: findBytes(requests?.requests?.storage) ?? 0,
    attributes: spec['volumeAttributesClassName'],
    modes: spec['accessModes'],
  };
}

function shapeWanted({ size, volumeAttributesClassName, accessModes }: StorageSpec): object {
  return {
    bytes: requireBytes(size),
    attributes: volumeAttributesClassName,
    modes: accessModes,
  };
}

function problemsOf(claim: ClaimFacts, { dataOwner }: VolumeOwner): VolumeProblem[] {
  const { name, owner, phase, failure, requestedBytes, capacityBytes } = claim;
  if (owner !== undefined && owner !== dataOwner) {
    return [{ reason: 'ForeignClaim', message: foreignClaim(name, owner, dataOwner) }];
  }
  if (phase === 'Lost') return [{ reason: 'Lost', message: `the volume of claim ${name} is gone` }];
  if (phase === 'Pending') return [pendingProblem(claim)];
  if (failure !== undefined) {
    const size = showBytes(requestedBytes);
    return [
      { reason: 'ExpansionFailed', message: `claim ${name} cannot grow to ${size}: ${failure}` },
    ];
  }
  if (claim.fileSystemPendingSinceMs !== undefined) {
    const message = `the file system of claim ${name} has not grown yet`;
    return [{ reason: 'FileSystemResizePending', message }];
  }
  if (!isGrowing(claim)) return [];
  const sizes = `${showBytes(capacityBytes ?? 0)} to ${showBytes(requestedBytes)}`;
  return [{ reason: 'Expanding', message: `claim ${name} grows from ${sizes}` }];
}

/** A claim that names no class gets the default one when it is made, if there is one. */
function pendingProblem({ name, storageClass, isClassMissing }: ClaimFacts): VolumeProblem {
  if (isClassMissing === true) {
    const message = `claim ${name} waits for the storage class ${storageClass}, which does not exist`;
    return { reason: 'NoStorageClass', message };
  }
  if (storageClass !== undefined) {
    return { reason: 'Pending', message: `claim ${name} is not bound yet (class ${storageClass})` };
  }
  const message = `claim ${name} waits: there is no default storage class, name one or mark one`;
  return { reason: 'NoStorageClass', message };
}

export function foreignClaim(name: string, owner: string, wanted: string): string {
  return `claim ${name} holds the data of ${owner}, not of ${wanted}: delete it, or take its annotation ${annotations.owner.name} away if the data is to be used here`;
}

function notExpandable(claims: readonly ClaimFacts[], { size }: StorageSpec): VolumeProblem {
  const names = claims.map(({ name, storageClass }) => `${name} (class ${storageClass ?? 'none'})`);
  const message = `the storage class does not allow volumes to grow to ${size}: ${names.join(', ')}`;
  return { reason: 'NotExpandable', message };
}

function sizeOf({ requestedBytes, capacityBytes }: ClaimFacts): number {
  return capacityBytes === undefined ? requestedBytes : Math.min(requestedBytes, capacityBytes);
}

const UNITS = ['Ti', 'Gi', 'Mi', 'Ki'] as const;

/** As a quantity, in the words of `usual` when it is the same amount. */
export function showBytes(bytes: number, usual?: string): string {
  if (usual !== undefined && requireBytes(usual) === bytes) return usual;
  const unit = UNITS.find((name) => bytes > 0 && bytes % requireBytes(`1${name}`) === 0);
  return unit === undefined ? String(bytes) : `${bytes / requireBytes(`1${unit}`)}${unit}`;
}
