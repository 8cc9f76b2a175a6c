/** The schema that Helm holds the values of `gantry-cluster` against: the spec of a RocketMQCluster. */
import { clusterManifest } from '../../operator/api/rocketmq-cluster.ts';

/** Keywords that only an API server knows. */
const KUBERNETES = /^x-kubernetes-/;

export function clusterValuesSchema(): object {
  const spec = plain(clusterManifest.properties.spec) as {
    readonly properties: Readonly<Record<string, { readonly default?: unknown }>>;
    readonly required?: readonly string[];
  };
  const hasDefault = (field: string) => spec.properties[field]?.default !== undefined;
  const text = (description: string) => ({ type: 'string', description });
  const texts = (description: string) => ({
    type: 'object',
    additionalProperties: { type: 'string' },
    description,
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...spec,
    title: 'Values of gantry-cluster',
    required: (spec.required ?? []).filter((field) => !hasDefault(field)),
    properties: {
      name: text("Name of the cluster; the release's name when empty."),
      labels: texts('Labels of the RocketMQCluster.'),
      annotations: texts('Annotations of the RocketMQCluster.'),
      ...spec.properties,
      // Helm gives it to every chart.
      global: { type: 'object' },
    },
  };
}

/** As JSON has it, without what Helm's validator does not know. */
function plain(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (KUBERNETES.test(key) ? undefined : value)),
  );
}
