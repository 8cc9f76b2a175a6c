/**
 * The order of resource versions of one resource. They are decimal numbers that grow (KEP-5504 says
 * so; it has been so since there is etcd); a server whose versions are not has no order to rely on.
 */

const form = /^\d+$/;

/** Whether `seen` includes what was written as `version`; undefined when that cannot be told. */
export function includesVersion(seen: string, version: string): boolean | undefined {
  if (seen === version) return true;
  if (!form.test(seen) || !form.test(version)) return undefined;
  return seen.length === version.length ? seen > version : seen.length > version.length;
}
