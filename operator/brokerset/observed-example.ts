/** For tests: a broker set as it would be found, healthy unless told otherwise. */
import { flag, integer, type Schema, text } from '../../config/mod.ts';
import type { BrokerSet } from '../api/broker-set.ts';
import { readObject } from '../api/read-object.ts';
import { brokerProperties } from '../config/broker-properties.ts';
import { keyTable } from '../config/key-table.ts';
import type { ClaimFacts } from '../workload/claim-facts.ts';
import type { PodFacts } from '../workload/pod-facts.ts';
import type { SetFacts } from '../workload/set-facts.ts';
import type { Observed, ObservedGroup } from './observed.ts';

export const NOW_MS = 1_000_000_000;
const LONG_AGO_MS = NOW_MS - 3_600_000;
const NAME_SERVERS = ['ns-0:9876'];

const live = { live: true, doc: '' };
const options = {
  brokerClusterName: text({ fallback: '', doc: '' }),
  brokerName: text({ fallback: '', doc: '' }),
  namesrvAddr: text({ fallback: '', ...live }),
  storePathRootDir: text({ fallback: '', doc: '' }),
  flushDiskType: text({ fallback: '', doc: '' }),
  fileReservedTime: integer({ fallback: 72, min: 1, max: 100_000, ...live }),
  diskMaxUsedSpaceRatio: integer({ fallback: 75, min: 0, max: 100, ...live }),
  diskSpaceCleanForciblyRatio: integer({ fallback: 85, min: 0, max: 100, ...live }),
  diskSpaceWarningLevelRatio: integer({ fallback: 90, min: 0, max: 100, ...live }),
  brokerPermission: integer({ fallback: 6, min: 0, max: 7, ...live }),
  traceOn: flag({ fallback: true, ...live }),
  threads: integer({ fallback: 4, min: 1, max: 64, doc: '' }),
};
const schema: Schema<typeof options> = {
  role: 'broker',
  options,
  elsewhere: { ignored: [], refused: {} },
};
/** The keys of a broker with few options. */
export const exampleKeys = keyTable(schema);

const made = new Map<string, BrokerSet>();

/** Each made once: reading a manifest takes longer than a plan. */
export function exampleSet(spec: object = {}, annotations: object = {}): BrokerSet {
  const key = JSON.stringify([spec, annotations]);
  const brokerSet = made.get(key) ?? readSet(spec, annotations);
  made.set(key, brokerSet);
  return brokerSet;
}

function readSet(spec: object, annotations: object): BrokerSet {
  const read = readObject('BrokerSet', {
    apiVersion: 'gantrymq.io/v1alpha1',
    kind: 'BrokerSet',
    metadata: { name: 'it', namespace: 'mq', annotations },
    spec: { nameServers: { ref: { name: 'it' } }, groups: 2, replicas: 1, ...spec },
  });
  if ('manifest' in read) return read.manifest;
  throw new TypeError(read.message);
}

export function examplePod(group: string, facts: Partial<PodFacts> = {}): PodFacts {
  return {
    name: `${group}-0`,
    uid: `uid-of-${group}-0`,
    revision: 'new',
    isReady: true,
    readinessSinceMs: LONG_AGO_MS,
    ip: '10.0.0.1',
    node: 'node1',
    isGoing: false,
    goneByMs: undefined,
    trouble: undefined,
    configApplied: undefined,
    roleLabel: 'master',
    version: '1.2.3',
    owners: [],
    ...facts,
  };
}

export function exampleClaim(group: string, facts: Partial<ClaimFacts> = {}): ClaimFacts {
  return {
    name: `data-${group}-0`,
    uid: `uid-of-data-${group}-0`,
    owner: `BrokerSet/mq/it/${group}/it`,
    drainedAt: undefined,
    phase: 'Bound',
    requestedBytes: 20 * 2 ** 30,
    capacityBytes: 20 * 2 ** 30,
    storageClass: 'standard',
    volumeAttributesClass: undefined,
    fileSystemPendingSinceMs: undefined,
    failure: undefined,
    owners: [],
    isGoing: false,
    ...facts,
  };
}

export function exampleStatefulSet(group: string, facts: Partial<SetFacts> = {}): SetFacts {
  const requests = { storage: '20Gi' };
  return {
    name: group,
    uid: `uid-of-${group}`,
    replicas: 1,
    updateRevision: 'new',
    claimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests } },
      },
    ],
    createdAtMs: LONG_AGO_MS,
    isGoing: false,
    ...facts,
  };
}

export function exampleGroup(index: number, facts: Partial<ObservedGroup> = {}): ObservedGroup {
  const name = `it-${index}`;
  return {
    index,
    name,
    isWanted: true,
    set: exampleStatefulSet(name),
    pod: examplePod(name),
    claims: [exampleClaim(name)],
    creationFailure: undefined,
    file: brokerProperties(exampleSet(), { group: name, nameServers: NAME_SERVERS }),
    foreign: undefined,
    node: 'Unknown',
    answers: true,
    brokerId: 0,
    settings: { brokerPermission: '6' },
    routes: { asked: 1, answered: 1, leading: 1 },
    topics: undefined,
    contents: undefined,
    was: { index, name, phase: 'Ready', members: [] },
    ...facts,
  };
}

export function exampleObserved(
  groups: readonly ObservedGroup[],
  facts: Partial<Observed> = {},
): Observed {
  return {
    brokerSet: exampleSet({ groups: groups.filter(({ isWanted }) => isWanted).length }),
    nowMs: NOW_MS,
    version: '1.2.3',
    nameServers: NAME_SERVERS,
    groups,
    isExpandable: true,
    conditions: [],
    ...facts,
  };
}
