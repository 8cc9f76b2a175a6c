import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProperties } from '../../config/mod.ts';
import { readManifest } from '../api/manifest.ts';
import { brokerProperties } from './broker-properties.ts';
import { nameServerProperties } from './name-server-properties.ts';
import { formatRoleFile } from './role-file.ts';

const key = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,20}$/);

test('a role reads from its file what was rendered, whatever the values', () => {
  fc.assert(
    fc.property(fc.dictionary(key, fc.string()), (properties) => {
      const { entries, malformed } = parseProperties(formatRoleFile(properties));
      expect(malformed).toEqual([]);
      expect(Object.fromEntries(entries.map(({ key: name, value }) => [name, value]))).toEqual({
        ...properties,
      });
    }),
  );
});

test('the order in which options were written makes no difference', () => {
  fc.assert(
    fc.property(fc.dictionary(key, fc.string()), (properties) => {
      const reversed = Object.fromEntries(Object.entries(properties).reverse());
      expect(formatRoleFile(reversed)).toBe(formatRoleFile(properties));
    }),
  );
});

describe('what the fields mean to a role', () => {
  const { brokerSets, nameServers } = readManifest(
    `apiVersion: gantrymq.io/v1alpha1
kind: RocketMQCluster
metadata: { name: orders }
spec:
  nameServer: { config: { enableTopicList: "false" } }
  brokerSets:
    - { name: hot, replicas: 1, flush: Sync, retentionHours: 5, config: { maxMessageSize: "1" } }
`,
    { file: 'it.yaml' },
  );

  test('of a broker', () => {
    const [set] = brokerSets;
    const facts = { group: 'orders-hot-0', nameServers: ['a:1', 'b:2'] };
    expect(set && brokerProperties(set, facts)).toEqual({
      maxMessageSize: '1',
      brokerClusterName: 'orders',
      brokerName: 'orders-hot-0',
      namesrvAddr: 'a:1;b:2',
      storePathRootDir: '/var/lib/gantry/store',
      flushDiskType: 'SYNC_FLUSH',
      fileReservedTime: '5',
      diskMaxUsedSpaceRatio: '75',
      diskSpaceCleanForciblyRatio: '85',
      diskSpaceWarningLevelRatio: '90',
    });
  });

  test('of a name server', () => {
    const [one] = nameServers;
    expect(one && nameServerProperties(one.spec)).toEqual({
      enableTopicList: 'false',
      kvConfigPath: '/var/lib/gantry/kvConfig.json',
    });
  });
});
