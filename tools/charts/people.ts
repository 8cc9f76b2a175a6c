/**
 * What people may do with our kinds, as ClusterRoles that Kubernetes adds to its own `view`, `edit`
 * and `admin`: whoever may change a Deployment in a namespace may change a cluster there. They are
 * of the kinds, and come and stay with the CustomResourceDefinitions.
 */
import type { Definition } from '../../operator/api/definitions.ts';
import { API_VERSION } from '../../operator/api/metadata.ts';

const [GROUP] = API_VERSION.split('/');

const reading = ['get', 'list', 'watch'];
const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];

type Role = 'view' | 'edit' | 'admin';

/** By the end of its name. */
export function peopleRoles(definitions: readonly Definition[]): Readonly<Record<string, object>> {
  const plurals = definitions.map(({ plural }) => plural).toSorted();
  const scaled = definitions.filter(({ scale }) => scale !== undefined);
  const scales = scaled.map(({ plural }) => `${plural}/scale`).toSorted();
  return {
    view: clusterRole('view', ['view', 'edit', 'admin'], [rule([...plurals, ...scales], reading)]),
    edit: clusterRole(
      'edit',
      ['edit', 'admin'],
      [rule(plurals, writing), rule(scales, ['update', 'patch'])],
    ),
  };
}

function clusterRole(name: string, into: readonly Role[], rules: readonly object[]): object {
  const aggregation = into.map((role) => [
    `rbac.authorization.k8s.io/aggregate-to-${role}`,
    'true',
  ]);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `gantry-${name}`, labels: Object.fromEntries(aggregation) as object },
    rules,
  };
}

function rule(resources: readonly string[], verbs: readonly string[]): object {
  return { apiGroups: [GROUP], resources, verbs };
}
