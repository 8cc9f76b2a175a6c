import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readManifest } from '../api/manifest.ts';
import { componentObjects } from './components.ts';
import type { Rendered } from './kubernetes.ts';

interface Spread {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}

const render = (text: string): Rendered[] =>
  componentObjects(readManifest(text, { file: 'it.yaml' }), '1.2.3');

const asYaml = (objects: readonly Rendered[]): string =>
  objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');

const MANY_FIELDS = `apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: routes, namespace: messaging }
spec:
  replicas: 3
  service: { type: LoadBalancer, annotations: { example.com/pool: blue } }
  storage: { ephemeral: { sizeLimit: 100Mi } }
  config: { enableTopicList: "false" }
---
apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: hot, namespace: messaging, labels: { team: orders } }
spec:
  clusterName: orders
  groupPrefix: orders-hot
  nameServers: { ref: { name: routes } }
  groups: 2
  replicas: 1
  flush: Sync
  retentionHours: 48
  image: registry.example.com/gantry@sha256:1234
  imagePullSecrets: [registry]
  storage: { size: 200Gi, storageClassName: fast, retention: { whenScaled: Delete } }
  diskWatermarks: { cleanAt: 60, forceCleanAt: 70, rejectAt: 80 }
  config: { maxMessageSize: "1048576", autoCreateTopicEnable: "false" }
  advertise: { mode: PodIP }
  spread: { zone: Required, host: Disabled }
  pod:
    labels: { team: orders, app.kubernetes.io/name: not-mine }
    resources: { limits: { memory: 4Gi } }
    env: [{ name: TZ, value: UTC }]
    nodeSelector: { disk: nvme }
    securityContext: { fsGroup: 7 }
  overrides:
    pod: { spec: { dnsPolicy: Default, schedulerName: mine } }
`;

describe('what a manifest renders', () => {
  test('the quickstart', async () => {
    const text = readFileSync(new URL('../../examples/quickstart.yaml', import.meta.url), 'utf8');
    await expect(asYaml(render(text))).toMatchFileSnapshot('testdata/quickstart.yaml');
  });

  test('many fields', async () => {
    await expect(asYaml(render(MANY_FIELDS))).toMatchFileSnapshot('testdata/many-fields.yaml');
  });

  test('pods of a set are apart from each other, those of a group as strictly as it says', () => {
    const sets = render(MANY_FIELDS).filter((object) => object.kind === 'StatefulSet');
    const constraints = sets.map(({ spec }) =>
      (spec.template.spec['topologySpreadConstraints'] as readonly Spread[]).map((one) => [
        one.topologyKey.split('/')[1],
        one.whenUnsatisfiable,
        one.labelSelector.matchLabels['gantrymq.io/broker-group'] ?? 'all',
      ]),
    );
    const brokers = (group: string) => [
      ['zone', 'DoNotSchedule', group],
      ['zone', 'ScheduleAnyway', 'all'],
    ];
    expect(constraints).toEqual([
      [
        ['zone', 'ScheduleAnyway', 'all'],
        ['hostname', 'ScheduleAnyway', 'all'],
      ],
      brokers('orders-hot-0'),
      brokers('orders-hot-1'),
    ]);
  });

  test('a suspended set keeps everything but its pods', () => {
    const before = render(MANY_FIELDS);
    const suspended = render(MANY_FIELDS.replace('flush: Sync', 'flush: Sync\n  suspend: true'));
    const kinds = (objects: readonly Rendered[]) => objects.map(({ kind }) => kind);
    expect(kinds(suspended)).toEqual(kinds(before));
    const sets = suspended.filter((object) => object.kind === 'StatefulSet');
    expect(sets.map(({ spec }) => spec.replicas)).toEqual([3, 0, 0]);
  });
});

const letter = fc.constantFrom(...'abcxyz019'.split(''));
const name = fc
  .array(fc.oneof({ weight: 6, arbitrary: letter }, fc.constant('-')), {
    minLength: 1,
    maxLength: 37,
  })
  .map((letters) => letters.join(''))
  .filter((text) => /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text));

const manifest = fc
  .record({
    name,
    namespace: name,
    groups: fc.integer({ min: 0, max: 12 }),
    replicas: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ name: own, namespace, groups, replicas }) =>
    [
      {
        kind: 'NameServer',
        metadata: { name: own, namespace },
        spec: { replicas },
      },
      {
        kind: 'BrokerSet',
        metadata: { name: own, namespace },
        spec: { nameServers: { ref: { name: own } }, groups, replicas: 1 },
      },
    ]
      .map((one) => stringify({ apiVersion: 'gantrymq.io/v1alpha1', ...one }))
      .join('---\n'),
  );

const LABEL = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

describe('whatever is rendered', () => {
  test('is the same each time', () => {
    fc.assert(
      fc.property(manifest, (text) => {
        expect(render(text)).toEqual(render(text));
      }),
    );
  });

  test('has names and labels that Kubernetes accepts, those of pods and revisions too', () => {
    fc.assert(
      fc.property(manifest, (text) => {
        for (const { kind, metadata } of render(text)) {
          expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
          for (const value of Object.values(metadata.labels)) expect(value).toMatch(LABEL);
          // The label controller-revision-hash of a set: its name, a dash and ten letters.
          const revision = kind === 'StatefulSet' ? `${metadata.name}-0123456789` : metadata.name;
          expect(revision).toMatch(LABEL);
        }
      }),
    );
  });

  test('has no two objects of one kind and name', () => {
    fc.assert(
      fc.property(manifest, (text) => {
        const ids = render(text).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('selects its own pods and no others', () => {
    fc.assert(
      fc.property(manifest, (text) => {
        const sets = render(text).filter((object) => object.kind === 'StatefulSet');
        for (const one of sets) {
          const selected = sets.filter(({ spec }) =>
            Object.entries(one.spec.selector.matchLabels).every(([key, value]) => {
              return spec.template.metadata.labels[key] === value;
            }),
          );
          expect(selected).toEqual([one]);
        }
      }),
    );
  });
});
