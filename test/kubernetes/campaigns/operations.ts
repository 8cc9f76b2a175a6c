/** What operators do to clusters, as rows: how it begins, and how to tell that it has ended. */
import { type ClusterOptions, clusterManifest } from '../manifests.ts';
import { until } from '../until.ts';
import type { Plural, World } from '../world.ts';

export interface Place {
  readonly world: World;
  /** Of this run alone. */
  readonly namespace: string;
}

export interface Operation {
  readonly name: string;
  /** What is there, and converged, before; nothing when absent. */
  readonly before: ClusterOptions | undefined;
  begin(place: Place): Promise<unknown>;
  /** Resolves when nothing is left to be done. */
  done(place: Place): Promise<void>;
}

const applying =
  (options: ClusterOptions) =>
  ({ world, namespace }: Place): Promise<unknown> =>
    world.server.apply(clusterManifest({ ...options, namespace }));

export const operations: readonly Operation[] = [
  { name: 'create', before: undefined, begin: applying({}), done: converged },
  { name: 'roll', before: {}, begin: applying({ annotations: { roll: '1' } }), done: converged },
  { name: 'scale out', before: {}, begin: applying({ groups: 2 }), done: converged },
  { name: 'expansion', before: {}, begin: applying({ size: '2Gi' }), done: converged },
  {
    name: 'deletion',
    before: {},
    begin: ({ world, namespace }) => {
      const what = ['delete', 'rocketmqcluster', 'it', '--wait=false'];
      return world.server.kubectl(['-n', namespace, ...what]);
    },
    done: gone,
  },
];

const kinds: readonly Plural[] = ['rocketmqclusters', 'nameservers', 'brokersets'];

/** A parent may say that all is well until it has seen what its children say. */
const CALM_MS = 1_500;

/** The cluster says so, and so does every component, of what is asked for now, for a while. */
export async function converged({ world, namespace }: Place): Promise<void> {
  const all = async () =>
    (await Promise.all(kinds.map((kind) => world.list(kind, namespace)))).flat();
  let calmSinceMs = Number.POSITIVE_INFINITY;
  await until(
    async () => {
      const objects = await all();
      const isCalm = objects.length > 0 && objects.every(isConverged);
      calmSinceMs = isCalm ? Math.min(calmSinceMs, Date.now()) : Number.POSITIVE_INFINITY;
      return Date.now() - calmSinceMs > CALM_MS;
    },
    async () => {
      const states = (await all()).map(({ kind, metadata, status }) => {
        return JSON.stringify({
          kind,
          name: metadata.name,
          conditions: status?.conditions as unknown,
        });
      });
      return `${namespace} does not converge: ${states.join('\n')}`;
    },
  );
}

export function isConverged({ metadata, status }: Awaited<ReturnType<World['require']>>): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  const is = (type: string): boolean =>
    conditions.some((condition) => condition.type === type && condition.status === 'True');
  return (
    status?.observedGeneration === metadata.generation &&
    is('Ready') &&
    !is('Reconciling') &&
    !is('Stalled')
  );
}

/** All that was made for the cluster, but its claims. */
async function gone({ world, namespace }: Place): Promise<void> {
  const plurals = [...kinds, 'statefulsets', 'pods'] as const;
  const left = async (): Promise<string[]> => {
    const lists = await Promise.all(plurals.map((plural) => world.list(plural, namespace)));
    return lists.flat().map(({ metadata }) => metadata.name);
  };
  await until(
    async () => (await left()).length === 0,
    async () => `${namespace} still has ${(await left()).join(', ')}`,
  );
}
