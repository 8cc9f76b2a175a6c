import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crds } from '../../tools/crds.ts';
import { kinds } from '../api/kinds.ts';
import { findDocumentPath, missingFields } from './crd-fields.ts';

type Block = Record<string, unknown>;
type Document = {
  components: { schemas: Record<string, { properties: Record<string, Block> }> };
};

/** As the API server tells the CRDs of this version. */
function currentDocument(): Document {
  const schemas = crds().map(({ spec }) => {
    const { group, names, versions } = spec;
    const [{ name: version, schema } = { name: '', schema: { openAPIV3Schema: {} } }] = versions;
    const { kind } = names;
    const own = { 'x-kubernetes-group-version-kind': [{ group, kind, version }] };
    return [`io.gantrymq.${version}.${kind}`, { ...schema.openAPIV3Schema, ...own }];
  });
  return structuredClone({ components: { schemas: Object.fromEntries(schemas) } }) as Document;
}

function without(kind: string, part: 'spec' | 'status', field: string): Document {
  const document = currentDocument();
  const { properties } = document.components.schemas[`io.gantrymq.v1alpha1.${kind}`] ?? {};
  const fields = properties?.[part]?.['properties'] as Block;
  expect(fields).toHaveProperty(field);
  delete fields[field];
  return document;
}

test('CRDs of this version lack nothing', () => {
  const document = currentDocument();
  expect(Object.keys(document.components.schemas)).toHaveLength(Object.keys(kinds).length);
  expect(missingFields(document)).toEqual(new Map());
});

test('older ones lack fields of spec and status, each told once', () => {
  expect(missingFields(without('BrokerSet', 'spec', 'update'))).toEqual(
    new Map([['BrokerSet', ['spec.update']]]),
  );
  expect(missingFields(without('Topic', 'status', 'leaving'))).toEqual(
    new Map([['Topic', ['status.leaving']]]),
  );
});

test('also inside of lists', () => {
  const document = currentDocument();
  const topic = document.components.schemas['io.gantrymq.v1alpha1.Topic'];
  const status = topic?.properties['status'] as {
    properties: { leaving: { items: { properties: Block } } };
  };
  delete status.properties.leaving.items.properties['step'];
  expect(missingFields(document).get('Topic')).toEqual(['status.leaving[].step']);
});

test('a kind that is not there at all is for those who list it', () => {
  const document = currentDocument();
  delete document.components.schemas['io.gantrymq.v1alpha1.Topic'];
  expect(missingFields(document)).toEqual(new Map());
});

test('the document is found by its address, which says which one it is', () => {
  const path = '/openapi/v3/apis/gantrymq.io/v1alpha1?hash=A';
  const paths = { 'apis/gantrymq.io/v1alpha1': { serverRelativeURL: path } };
  expect(findDocumentPath({ paths })).toBe(path);
  const elsewhere = { 'apis/gantrymq.io/v1alpha1': { serverRelativeURL: 'https://other/' } };
  for (const root of [{}, { paths: null }, { paths: elsewhere }, { paths: { 'api/v1': {} } }]) {
    expect(findDocumentPath(root)).toBeUndefined();
  }
});

test('whatever answers is no reason to fall over', () => {
  const anything = fc.object({ key: fc.constantFrom('components', 'schemas', 'properties', 'x') });
  fc.assert(
    fc.property(anything, (document) => {
      expect(missingFields(document)).toEqual(new Map());
      expect(findDocumentPath(document)).toBeUndefined();
    }),
  );
});
