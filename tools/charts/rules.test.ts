import { expect, test } from 'vitest';
import { type Resource, resources } from '../../operator/kube/mod.ts';
import { type Rule, roleRules } from './rules.ts';

const table = Object.values<Resource>(resources);
const rules = roleRules(table);
const everything = [...rules.own, ...rules.watched, ...rules.cluster];

const grants = (list: readonly Rule[]) =>
  list.flatMap(({ apiGroups, resources: names, verbs }) =>
    apiGroups.flatMap((group) =>
      names.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${name}`)),
    ),
  );

test('exactly what the table says is granted, and nothing twice', () => {
  const wanted = table.flatMap(({ apiVersion, plural, verbs, subresources }) => {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const parts: readonly string[] = subresources;
    return [
      ...verbs.map((verb) => `${verb} ${group}/${plural}`),
      ...(parts.includes('status')
        ? [`get ${group}/${plural}/status`, `patch ${group}/${plural}/status`]
        : []),
      ...(parts.includes('finalizers') ? [`update ${group}/${plural}/finalizers`] : []),
    ];
  });
  expect(grants(everything).toSorted()).toEqual(wanted.toSorted());
});

test('nothing of the whole cluster is needed to watch a namespace, and nothing is granted by *', () => {
  const ofTheCluster = table.filter(({ scope }) => scope === 'Cluster').map(({ plural }) => plural);
  const watched = rules.watched.flatMap(({ resources: names }) => names);
  expect(watched.filter((name) => ofTheCluster.includes(name))).toEqual([]);
  expect(JSON.stringify(everything)).not.toContain('*');
});

test('nothing lets the operator read Secrets or change Roles', () => {
  const names = everything.flatMap(({ resources: list }) => list);
  expect(names).not.toContain('secrets');
  expect(names.filter((name) => /role|pods\/exec/.test(name))).toEqual([]);
});
