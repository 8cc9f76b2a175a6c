/**
 * What the operator knows of its kinds and the CRDs that are installed do not: the API server drops
 * such fields of specs, and refuses them in what is applied. Pure.
 */

import { type KindName, kinds } from '../api/kinds.ts';
import { API_VERSION } from '../api/metadata.ts';

type Block = Readonly<Record<string, unknown>>;

/** Where the API server tells the schema of its kinds, to whoever is anybody to it. */
export const OPENAPI_ROOT = '/openapi/v3';

/** The path of the document that tells our kinds; it has the document's hash in it. */
export function findDocumentPath(root: object): string | undefined {
  const { [`apis/${API_VERSION}`]: entry } = blockIn(root, 'paths');
  const { serverRelativeURL: path } = blockOf(entry);
  return typeof path === 'string' && path.startsWith(`${OPENAPI_ROOT}/`) ? path : undefined;
}

/**
 * By kind, the fields that its CRD lacks, the outermost of each; a kind whose CRD has all of them is
 * left out, and one without a CRD, which cannot be listed either.
 */
export function missingFields(document: object): ReadonlyMap<KindName, readonly string[]> {
  const schemas = Object.values(blockIn(blockIn(document, 'components'), 'schemas')).map(blockOf);
  const found = Object.entries(kinds).flatMap(([name, { schema, status }]) => {
    const served = schemas.find((one) => isOf(one, name));
    if (served === undefined) return [];
    const { spec } = blockIn(schema, 'properties');
    const { spec: servedSpec, status: servedStatus } = blockIn(served, 'properties');
    const missing = [...lacks(spec, servedSpec, 'spec'), ...lacks(status, servedStatus, 'status')];
    return missing.length === 0 ? [] : [[name as KindName, missing] as const];
  });
  return new Map(found);
}

function isOf(schema: Block, kind: string): boolean {
  const { 'x-kubernetes-group-version-kind': names } = schema;
  if (!Array.isArray(names)) return false;
  return names.map(blockOf).some((name) => {
    return (
      name['kind'] === kind && `${String(name['group'])}/${String(name['version'])}` === API_VERSION
    );
  });
}

function lacks(known: unknown, served: unknown, path: string): string[] {
  const servedFields = blockIn(served, 'properties');
  const inFields = Object.entries(blockIn(known, 'properties')).flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    return Object.hasOwn(servedFields, name) ? lacks(field, servedFields[name], here) : [here];
  });
  const { items } = blockOf(known);
  const inItems = items === undefined ? [] : lacks(items, blockOf(served)['items'], `${path}[]`);
  return [...inFields, ...inItems];
}

function blockIn(value: unknown, name: string): Block {
  return blockOf(blockOf(value)[name]);
}

function blockOf(value: unknown): Block {
  return typeof value === 'object' && value !== null ? (value as Block) : {};
}
