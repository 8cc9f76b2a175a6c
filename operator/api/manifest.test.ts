import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Components, readManifest } from './manifest.ts';
import { ManifestError } from './manifest-error.ts';

const read = (text: string): Components => readManifest(text, { file: 'it.yaml' });

/** `line:column path: message` of everything that is wrong. */
function problemsIn(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return error.problems.map(({ place, path, message }) => {
      return `${place.replace('it.yaml:', '')} ${path}: ${message}`;
    });
  }
  return [];
}

const brokerSet = (spec: string): string => `apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: hot }
spec:
  nameServers: { addresses: ["10.0.0.1:9876"] }
  replicas: 1
${spec}`;

const cluster = (spec: string): string => `apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: orders }
spec:
${spec}`;

describe('a manifest that is right', () => {
  test('the quickstart is one name server and one broker group of one broker', () => {
    const text = readFileSync(new URL('../../examples/quickstart.yaml', import.meta.url), 'utf8');
    const { nameServers, brokerSets } = read(text);
    expect(nameServers.map(({ spec }) => spec.replicas)).toEqual([1]);
    expect(brokerSets.map(({ metadata }) => metadata.name)).toEqual(['quickstart-broker']);
    expect(brokerSets[0]?.spec).toMatchObject({
      clusterName: 'quickstart',
      groups: 1,
      replicas: 1,
      durability: 'Async',
      nameServers: { ref: { name: 'quickstart' } },
    });
  });

  test('components may stand for themselves, one document each', () => {
    const text = `${brokerSet('').replace('addresses: ["10.0.0.1:9876"]', 'ref: { name: routes }')}
---
apiVersion: gantrymq.io/v1alpha1
kind: NameServer
metadata: { name: routes }
spec: {}
`;
    const { nameServers, brokerSets } = read(text);
    expect(nameServers.map(({ spec }) => spec.replicas)).toEqual([2]);
    expect(brokerSets).toHaveLength(1);
  });

  test('what the umbrella leaves out gets the default of the child', () => {
    const { brokerSets } = read(cluster('  brokerSets: [{ name: a, replicas: 1 }]'));
    expect(brokerSets[0]?.spec).toMatchObject({ groups: 1, retentionHours: 72 });
  });

  test('what the umbrella says of all holds for each child that does not say otherwise', () => {
    const { nameServers, brokerSets } = read(
      cluster(`  imagePullPolicy: Always
  brokerSets:
    - { name: a, replicas: 1 }
    - { name: b, replicas: 1, imagePullPolicy: Never }`),
    );
    expect(nameServers[0]?.spec.imagePullPolicy).toBe('Always');
    expect(brokerSets.map(({ spec }) => spec.imagePullPolicy)).toEqual(['Always', 'Never']);
  });

  test('another name for the umbrella renames what it renders', () => {
    const text = cluster('  brokerSets: [{ name: a, replicas: 1 }]');
    const { brokerSets } = readManifest(text, { file: 'it.yaml', name: 'second' });
    expect(brokerSets[0]?.metadata.name).toBe('second-a');
    expect(brokerSets[0]?.spec.clusterName).toBe('second');
  });
});

describe('a manifest that is wrong', () => {
  test('every mistake is listed, in the order of its lines', () => {
    const text = `apiVersion: gantrymq.io/v1alpha1
kind: BrokerSet
metadata: { name: A_b }
spec:
  replica: 1
  replicas: "x"
  storage: { size: 20 GB }
  config: { maxMessageSize: 4194304, "a-b": x }
  durability: Strong
  diskWatermarks: { cleanAt: 1000 }
  suspend: maybe
  pod: { tolerations: none }
---
kind: NameServr
---
hello
`;
    expect(problemsIn(text)).toMatchInlineSnapshot(`
      [
        "3:19 metadata.name: "A_b" is not right: expected lower-case letters, digits and inner dashes",
        "4:1 spec.nameServers: is missing; expected a block of fields (The NameServer: one of \`ref\` and \`addresses\`)",
        "5:3 spec.replica: there is no field "replica" here: did you mean "replicas"?",
        "6:13 spec.replicas: "x" is not right: expected a whole number from 1 to 9",
        "7:20 spec.storage.size: "20 GB" is not right: expected a quantity such as 20Gi",
        "8:29 spec.config.maxMessageSize: 4194304 is not right: expected text (numbers and true/false in quotes)",
        "8:38 spec.config.a-b: "a-b" is not the name of an option",
        "9:15 spec.durability: "Strong" is not right: expected one of Async, Quorum, All",
        "10:30 spec.diskWatermarks.cleanAt: 1000 is not right: expected a whole number from 10 to 95",
        "11:12 spec.suspend: "maybe" is not right: expected true or false",
        "12:23 spec.pod.tolerations: "none" is not right: expected a list",
        "14:7 kind: there is no kind "NameServr": did you mean NameServer?",
        "16:1 : this is no manifest: expected a RocketMQCluster, NameServer, BrokerSet",
      ]
    `);
  });

  test('what is broken YAML says where it breaks', () => {
    expect(problemsIn('kind: [')).toEqual([expect.stringMatching(/^1:8 : /)]);
    expect(problemsIn('a: 1\na: 2')).toEqual(['2:1 : Map keys must be unique']);
  });

  test('a file with nothing in it is no manifest', () => {
    expect(() => read('# nothing\n')).toThrow('there is no manifest in it');
  });

  test('a block that is written empty is not taken for left out', () => {
    expect(problemsIn(brokerSet('  storage:'))).toEqual([
      '7:11 spec.storage: nothing is not right: expected a block of fields',
    ]);
  });

  test('rules across fields name what it is and what would be right', () => {
    const text = brokerSet(`  groupPrefix: a-very-long-prefix-for-a-broker-group
  groups: 64
  durability: All
  retire: [99]
  diskWatermarks: { cleanAt: 90, forceCleanAt: 85 }
  config: { brokerName: x, fileReservedTime: "1" }
  overrides: { pod: { spec: { containers: [] } } }`);
    expect(problemsIn(text)).toMatchInlineSnapshot(`
      [
        "9:15 spec.durability: All needs a second copy, and replicas is 1; say Async or Quorum",
        "10:3 spec.retire: names a group that does not exist: there are groups 0 to 64",
        "10:3 spec.retire: this list is not possible with \`gantry up\`: retiring a group is the operator's; leave it out",
        "11:3 spec.diskWatermarks: cleanAt 90, forceCleanAt 85, rejectAt 90: each must be above the one before",
        "12:25 spec.config.brokerName: brokerName is rendered from the spec: use \`groupPrefix\`; leave it out",
        "12:46 spec.config.fileReservedTime: fileReservedTime is rendered from the spec: use \`retentionHours\`; leave it out",
        "13:31 spec.overrides.pod.spec.containers: a merge patch replaces the whole list of containers; use \`pod\` and \`pod.sidecars\`",
      ]
    `);
  });

  test('exactly one way to the name servers is needed', () => {
    const none = brokerSet('').replace('{ addresses: ["10.0.0.1:9876"] }', '{}');
    expect(problemsIn(none)).toEqual([
      '5:3 spec.nameServers: exactly one of `ref` and `addresses` says where the name servers are',
    ]);
  });

  test('a reference must lead to something in the file', () => {
    const text = brokerSet('').replace('addresses: ["10.0.0.1:9876"]', 'ref: { name: nowhere }');
    expect(() => read(text)).toThrow('refers to NameServer "nowhere", which is not in this file');
  });

  test('two of a kind need two names', () => {
    expect(() => read(`${brokerSet('')}\n---\n${brokerSet('')}`)).toThrow(
      'there are two of BrokerSet "hot"',
    );
    const sets = '  brokerSets: [{ name: a, replicas: 1 }, { name: a, replicas: 1 }]';
    expect(problemsIn(cluster(sets))).toEqual([
      '5:3 spec.brokerSets: two sets have the same name; each needs its own',
    ]);
  });
});

describe('what comes later', () => {
  test('is refused with its name, its reason and what to write', () => {
    const text = cluster(`  controller: { replicas: 3 }
  brokerSets:
    - name: main
      update: { handover: { timeout: 3s } }
  proxy: { replicas: 2 }
  tls: { mode: Permissive }
  auth: { enabled: true }
  monitoring: { dashboards: true }
  networkPolicy: { enabled: true }
  allowedNamespaces: [other]
  deletionPolicy: Delete`);
    expect(problemsIn(text)).toMatchInlineSnapshot(`
      [
        "5:3 spec.controller: this block is not possible yet: controllers come with replication; leave it out",
        "7:7 spec.brokerSets[0].replicas: 3 is not possible yet: replicas come with replication; write \`replicas: 1\` (left out, it is 3)",
        "8:38 spec.brokerSets[0].update.handover.timeout: "3s" is not possible yet: handing a group over comes with replication; leave it out",
        "9:3 spec.proxy: this block is not possible yet: the gRPC proxy comes later; leave it out",
        "10:16 spec.tls.mode: "Permissive" is not possible yet: encryption comes with the security of all listeners; leave it out",
        "11:20 spec.auth.enabled: true is not possible yet: authentication comes later; leave it out",
        "12:29 spec.monitoring.dashboards: true is not possible with \`gantry up\`: monitoring objects are the operator's; metrics are served already; leave it out",
        "13:29 spec.networkPolicy.enabled: true is not possible yet: network policies come later; leave it out",
        "14:3 spec.allowedNamespaces: this list is not possible with \`gantry up\`: topics and groups as manifests are the operator's; leave it out",
        "15:19 spec.deletionPolicy: "Delete" is not possible with \`gantry up\`: deleting volumes with the cluster is the operator's; leave it out",
      ]
    `);
  });

  test('is accepted where it says what holds anyway', () => {
    const text = cluster(`  brokerSets: [{ name: a, replicas: 1, drain: { policy: Automatic } }]
  tls: { mode: Disabled }
  monitoring: { podMonitor: Auto }
  deletionPolicy: Retain`);
    expect(problemsIn(text)).toEqual([]);
  });

  test.each([
    [
      'Topic',
      'is for the operator: `gantry up` runs RocketMQCluster, NameServer and BrokerSet; create topics with `gantry admin topic create`',
    ],
    [
      'ConsumerGroup',
      'is for the operator: `gantry up` runs RocketMQCluster, NameServer and BrokerSet; a group is made when its first consumer connects',
    ],
    ['Controller', 'is not possible yet: controllers come with replication; leave it out'],
    ['Proxy', 'is not possible yet: the gRPC proxy comes later; leave it out'],
  ])('%s is no unknown kind', (kind, message) => {
    expect(problemsIn(`kind: ${kind}`)).toEqual([`1:7 kind: "${kind}" ${message}`]);
  });
});
