/**
 * What may stand in fields that the schema leaves open, by how their names end: first what does no
 * harm, then what only the API server knows to be wrong, when it is asked to make a pod of it.
 */

const UNKNOWN = { other: '1' };

const ofPods: Readonly<Record<string, readonly unknown[]>> = {
  resources: [{ requests: { cpu: '10m' } }, { requests: { cpu: 'much' } }, UNKNOWN],
  env: [[{ name: 'OTHER', value: '1' }], [UNKNOWN]],
  nodeSelector: [{ 'kubernetes.io/hostname': 'node1' }, UNKNOWN],
  affinity: [{ nodeAffinity: {} }, UNKNOWN],
  tolerations: [[{ key: 'other', operator: 'Exists' }], [UNKNOWN]],
  topologySpreadConstraints: [
    [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { other: '1' } },
      },
    ],
    [UNKNOWN],
  ],
  volumes: [[{ name: 'other', emptyDir: {} }], [UNKNOWN]],
  volumeMounts: [[{ name: 'tmp', mountPath: '/other' }], [UNKNOWN]],
  sidecars: [[UNKNOWN]],
  securityContext: [{ fsGroupChangePolicy: 'Always' }, UNKNOWN],
  containerSecurityContext: [{ runAsNonRoot: true }, UNKNOWN],
};

const others: Readonly<Record<string, readonly unknown[]>> = {
  config: [{ waitTimeMillsInSendQueue: '300' }, UNKNOWN],
  // Of two fields one has to go when the other one comes.
  nameServers: [{ addresses: ['127.0.0.1:9'] }],
  'overrides.pod': [{ spec: { terminationGracePeriodSeconds: 7 } }, { spec: UNKNOWN }],
  version: ['1.2.3'],
  image: ['gantry:other', 'other'],
};

/** Undefined where the schema says enough. */
export function samplesOf(field: string): readonly unknown[] | undefined {
  const pod = /(?:^|\.)pod\.(\w+)$/.exec(field)?.[1];
  if (pod !== undefined && !field.includes('overrides.')) return ofPods[pod];
  const rows = Object.entries(others);
  return rows.find(([end]) => field === end || field.endsWith(`.${end}`))?.[1];
}
