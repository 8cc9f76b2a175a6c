import { expect, test } from 'vitest';
import { definitions } from '../../operator/api/definitions.ts';
import { peopleRoles } from './people.ts';

interface Role {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly rules: readonly { readonly resources: string[]; readonly verbs: string[] }[];
}

const { view, edit } = peopleRoles(Object.values(definitions)) as Readonly<Record<string, Role>>;
const mayDo = (role: Role | undefined, verb: string) =>
  (role?.rules ?? []).flatMap(({ resources, verbs }) => (verbs.includes(verb) ? resources : []));

test('every kind may be seen by who sees and changed by who changes a namespace', () => {
  const kinds = Object.values(definitions).map(({ plural }) => plural);
  expect(mayDo(view, 'watch')).toEqual(expect.arrayContaining(kinds));
  expect(mayDo(edit, 'delete').toSorted()).toEqual(kinds.toSorted());
  expect(mayDo(view, 'delete')).toEqual([]);
  expect(Object.keys(view?.metadata.labels ?? {})).toContain(
    'rbac.authorization.k8s.io/aggregate-to-view',
  );
  expect(Object.keys(edit?.metadata.labels ?? {})).not.toContain(
    'rbac.authorization.k8s.io/aggregate-to-view',
  );
});

test('what scales may be scaled, and no status is anybody’s but the operator’s', () => {
  expect(mayDo(edit, 'patch')).toEqual(
    expect.arrayContaining(['brokersets/scale', 'nameservers/scale']),
  );
  expect(JSON.stringify([view, edit])).not.toContain('/status');
});
