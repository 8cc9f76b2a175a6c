/** What the operator may do, as rules of Roles, from the table of what it does. */
import type { Resource, Verb } from '../../operator/kube/mod.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface RoleRules {
  /** In the namespace that the operator runs in. */
  readonly own: readonly Rule[];
  /** In every namespace that it watches. */
  readonly watched: readonly Rule[];
  /** Of what is in no namespace. */
  readonly cluster: readonly Rule[];
}

/** What there is one of, for the operator itself. */
const OWN: readonly string[] = ['leases'];

const subresourceVerbs = { status: ['get', 'patch'], finalizers: ['update'] } as const;

export function roleRules(table: readonly Resource[]): RoleRules {
  const isOwn = ({ plural }: Resource) => OWN.includes(plural);
  const isNamespaced = ({ scope }: Resource) => scope === 'Namespaced';
  return {
    own: rulesOf(table.filter(isOwn)),
    watched: rulesOf(table.filter((row) => isNamespaced(row) && !isOwn(row))),
    cluster: rulesOf(table.filter((row) => !isNamespaced(row))),
  };
}

/** One rule for what has the same group and verbs. */
function rulesOf(table: readonly Resource[]): Rule[] {
  const rules = new Map<string, { group: string; verbs: readonly string[]; resources: string[] }>();
  const grant = (group: string, resource: string, verbs: readonly string[]): void => {
    const key = `${group} ${verbs.join()}`;
    const rule = rules.get(key) ?? { group, verbs, resources: [] };
    rule.resources.push(resource);
    rules.set(key, rule);
  };
  for (const { apiVersion, plural, verbs, subresources } of table) {
    if (verbs.length > 0) grant(groupOf(apiVersion), plural, verbs satisfies readonly Verb[]);
    for (const part of subresources) {
      grant(groupOf(apiVersion), `${plural}/${part}`, subresourceVerbs[part]);
    }
  }
  return [...rules.values()].map(({ group, verbs, resources }) => ({
    apiGroups: [group],
    resources: resources.toSorted(),
    verbs,
  }));
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
