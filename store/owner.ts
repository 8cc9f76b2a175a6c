/**
 * Whose store it is: the broker that opened it first, so that another one, by a volume or a folder
 * mixed up, does not serve its messages as its own.
 *
 *     gantry-owner.json   {"clusterName":"shop","brokerName":"broker-a"}   ours; RocketMQ ignores it
 *     brokerIdentity      shop#broker-a#2   RocketMQ's, written under a controller; only read here
 *
 * The broker's id is no part of it: a group's members hold the same messages, and change places.
 * A store without either, as RocketMQ leaves one, belongs to who opens it.
 */
import type { Disk } from '../runtime/mod.ts';
import { StoreError } from './store-error.ts';
import { readText, writeText } from './store-files.ts';

export interface StoreOwner {
  readonly clusterName: string;
  readonly brokerName: string;
}

/** Refuses the store of another broker; makes one that is nobody's the store of `owner`. */
export function requireOwner(disk: Disk, folder: string, owner: StoreOwner): void {
  const own = `${folder}/gantry-owner.json`;
  const found = findOwner(disk, own, fromJson);
  requireSame(found, owner, { folder, path: own });
  const javas = `${folder}/brokerIdentity`;
  requireSame(findOwner(disk, javas, fromLine), owner, { folder, path: javas });
  if (found !== undefined) return;
  const { clusterName, brokerName } = owner;
  writeText(disk, own, `${JSON.stringify({ clusterName, brokerName })}\n`);
}

function requireSame(
  found: StoreOwner | undefined,
  owner: StoreOwner,
  { folder, path }: { readonly folder: string; readonly path: string },
): void {
  if (found === undefined) return;
  if (found.clusterName === owner.clusterName && found.brokerName === owner.brokerName) return;
  throw new StoreError(
    'WrongIdentity',
    `Cannot open ${folder}: it belongs to ${show(found)}, this is ${show(owner)}. Start it with brokerClusterName=${found.clusterName} brokerName=${found.brokerName} or with another storePathRootDir; remove ${path} to hand the messages over for good`,
  );
}

function show({ clusterName, brokerName }: StoreOwner): string {
  return `broker "${brokerName}" of cluster "${clusterName}"`;
}

/** Undefined too when the process died while it wrote it. */
function findOwner(
  disk: Disk,
  path: string,
  parse: (text: string) => StoreOwner | undefined,
): StoreOwner | undefined {
  return disk.exists(path) ? parse(readText(disk, path)) : undefined;
}

function fromJson(text: string): StoreOwner | undefined {
  const [, clusterName] = /"clusterName"\s*:\s*"([^"]+)"/.exec(text) ?? [];
  const [, brokerName] = /"brokerName"\s*:\s*"([^"]+)"/.exec(text) ?? [];
  return clusterName === undefined || brokerName === undefined
    ? undefined
    : { clusterName, brokerName };
}

function fromLine(text: string): StoreOwner | undefined {
  const [clusterName = '', brokerName = '', brokerId] = text.trim().split('#');
  return brokerId === undefined ? undefined : { clusterName, brokerName };
}
