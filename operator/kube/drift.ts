/**
 * Whether an object still is what was asked for: every member of `desired` is in `live`, which the
 * API server has completed with its defaults and others with what is theirs.
 *
 * The rules are the API server's. A member that is empty or zero may be left out of what it stores.
 * Amounts are compared as amounts. A list whose items have a key is merged by it, so that somebody's
 * side car is no drift; any other list belongs whole to whoever wrote it.
 */
import { isSameAmount } from '../api/quantity.ts';

/** The path of the first member that differs, `spec.template.spec.containers[broker].image`. */
export function findDrift(desired: unknown, live: unknown, path = ''): string | undefined {
  if (isEmpty(desired) && isEmpty(live)) return undefined;
  if (Array.isArray(desired)) {
    return Array.isArray(live) ? findDriftOfList(desired, live, path) : path;
  }
  if (isBlock(desired)) {
    // A block whose members are all empty may be left out itself.
    return isBlock(live) || live === undefined ? findDriftOfBlock(desired, live ?? {}, path) : path;
  }
  return isSameValue(desired, live, path) ? undefined : path;
}

function isSameValue(desired: unknown, live: unknown, path: string): boolean {
  return desired === live || (isAmount(path) && isSameAmount(desired, live));
}

type Block = Readonly<Record<string, unknown>>;

function findDriftOfBlock(desired: Block, live: Block, path: string): string | undefined {
  for (const [name, value] of Object.entries(desired)) {
    const drift = findDrift(value, live[name], path === '' ? name : `${path}.${name}`);
    if (drift !== undefined) return drift;
  }
  return undefined;
}

function findDriftOfList(
  desired: readonly unknown[],
  live: readonly unknown[],
  path: string,
): string | undefined {
  const key = findListKey(desired);
  if (key === undefined) {
    if (desired.length !== live.length) return path;
    return firstOf(desired, (item, index) => findDrift(item, live[index], `${path}[${index}]`));
  }
  const byKey = new Map(live.filter(isBlock).map((item) => [item[key], item]));
  return firstOf(desired, (item) => {
    const id = (item as Block)[key];
    const place = `${path}[${String(id)}]`;
    const found = byKey.get(id);
    return found === undefined ? place : findDrift(item, found, place);
  });
}

function firstOf<T>(
  items: readonly T[],
  find: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What merges the items: a mount has a name too, that of its volume, which is no key. */
const listKeys = ['mountPath', 'uid', 'name'];

function findListKey(items: readonly unknown[]): string | undefined {
  if (items.length === 0 || !items.every(isBlock)) return undefined;
  return listKeys.find((key) => {
    const ids = new Set(items.map((item) => item[key]));
    return ids.size === items.length && !ids.has(undefined);
  });
}

/** Members that hold amounts: the last block of a path is that of a container's or claim's resources. */
function isAmount(path: string): boolean {
  return /(?:^|\.)(?:(?:limits|requests|capacity)\.[^.]+(?:\.[^.]+)*|sizeLimit)$/.test(path);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
