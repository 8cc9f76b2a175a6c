import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { BodyCodec } from '../body.ts';
import { crc32 } from '../crc32.ts';
import { Failure } from '../failures.ts';
import { javaHash } from '../hash.ts';
import * as bodies from './mod.ts';

const queue = '{"brokerName":"broker-a","queueId":0,"topic":"T"}';
const version = '{"counter":3,"stateVersion":0,"timestamp":1700000000000}';
const subscription =
  '{"classFilterMode":false,"codeSet":[2598919,2598920],"expressionType":"TAG","subString":"TagA || TagB","subVersion":1700000000000,"tagsSet":["TagA","TagB"],"topic":"T"}';
const connection =
  '{"clientAddr":"10.0.0.9:5555","clientId":"10.0.0.9@1","language":"JAVA","version":479}';
const members =
  '{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a","cluster":"DefaultCluster"}';
const topic =
  '{"attributes":{"message.type":"NORMAL"},"order":false,"perm":6,"readQueueNums":8,"topicFilterType":"SINGLE_TAG","topicName":"T","topicSysFlag":0,"writeQueueNums":8}';
const group =
  '{"attributes":{},"brokerId":0,"consumeBroadcastEnable":true,"consumeEnable":true,"consumeFromMinEnable":true,"consumeMessageOrderly":false,"consumeTimeoutMinute":15,"groupName":"cg","groupRetryPolicy":{"type":"CUSTOMIZED"},"groupSysFlag":0,"notifyConsumerIdsChangedEnable":true,"retryMaxTimes":16,"retryQueueNums":1,"whichBrokerWhenConsumeSlowly":1}';
const mode = '{"consumerGroup":"cg","mode":"POP","popShareQueueNum":3,"topic":"T"}';
const mapping =
  '{"bname":"broker-a","currIdMap":{0:0,1:1},"dirty":false,"epoch":1700000000000,"scope":"__global__","topic":"st","totalQueues":4}';
const detail =
  '{"bname":"broker-a","currIdMap":{0:0},"dirty":false,"epoch":1,"hostedQueues":{0:[{"bname":"broker-a","endOffset":-1,"gen":0,"logicOffset":0,"queueId":0,"startOffset":0,"timeOfEnd":-1,"timeOfStart":-1}]},"scope":"__global__","topic":"st","totalQueues":1}';
const legacyRoute =
  '{"brokerDatas":[{"brokerAddrs":{0:"10.0.0.1:10911",1:"10.0.0.2:10911"},"brokerName":"broker-a","cluster":"DefaultCluster","enableActingMaster":false}],"filterServerTable":{},"queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":8,"topicSysFlag":0,"writeQueueNums":8}]}';
const registration = `{"filterServerList":[],"topicConfigSerializeWrapper":{"dataVersion":${version},"mappingDataVersion":${version},"topicConfigTable":{"T":${topic}},"topicQueueMappingDetailMap":{},"topicQueueMappingInfoMap":{}}}`;

/** The bodies of the specification, as Java peers write them. */
const samples: [string, BodyCodec<never>, string][] = [
  ['dataVersion', bodies.dataVersion, version],
  ['messageQueue', bodies.messageQueue, queue],
  ['kvTable', bodies.kvTable, '{"table":{"brokerVersion":"479"}}'],
  ['topicList', bodies.topicList, '{"brokerAddr":"10.0.0.1:10911","topicList":["T"]}'],
  ['groupList', bodies.groupList, '{"groupList":["cg"]}'],
  ['consumerIdList', bodies.consumerIdList, '{"consumerIdList":["10.0.0.9@1"]}'],
  ['connection', bodies.connection, connection],
  ['subscriptionData', bodies.subscriptionData, subscription],
  ['syncStateSet', bodies.syncStateSet, '{"syncStateSet":[1,2],"syncStateSetEpoch":3}'],
  ['brokerMemberGroup', bodies.brokerMemberGroup, members],
  ['brokerMemberGroupAnswer', bodies.brokerMemberGroupAnswer, `{"brokerMemberGroup":${members}}`],
  ['topicRouteData', bodies.topicRouteData, legacyRoute],
  ['topicQueueMappingInfo', bodies.topicQueueMappingInfo, mapping],
  ['topicQueueMappingDetail', bodies.topicQueueMappingDetail, detail],
  [
    'clusterInfo',
    bodies.clusterInfo,
    '{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"10.0.0.1:10911"},"brokerName":"broker-a","cluster":"DefaultCluster","enableActingMaster":false}},"clusterAddrTable":{"DefaultCluster":["broker-a"]}}',
  ],
  ['topicConfig', bodies.topicConfig, topic],
  [
    'topicConfigTable',
    bodies.topicConfigTable,
    `{"dataVersion":${version},"topicConfigTable":{"T":${topic}}}`,
  ],
  ['topicConfigList', bodies.topicConfigList, `{"topicConfigList":[${topic}]}`],
  ['topicConfigAndQueueMapping', bodies.topicConfigAndQueueMapping, topic],
  ['registration', bodies.registration, registration],
  [
    'heartbeatData',
    bodies.heartbeatData,
    `{"clientID":"10.0.0.9@1234#5678","consumerDataSet":[{"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","groupName":"cg","messageModel":"CLUSTERING","subscriptionDataSet":[${subscription}],"unitMode":false}],"heartbeatFingerprint":0,"producerDataSet":[{"groupName":"pg"}],"withoutSub":false}`,
  ],
  [
    'lockRequest',
    bodies.lockRequest,
    `{"clientId":"10.0.0.9@1","consumerGroup":"cg","mqSet":[${queue}],"onlyThisBroker":false}`,
  ],
  ['lockAnswer', bodies.lockAnswer, `{"lockOKMQSet":[${queue}]}`],
  [
    'checkClientRequest',
    bodies.checkClientRequest,
    `{"clientId":"c1","group":"cg","subscriptionData":${subscription}}`,
  ],
  [
    'assignmentRequest',
    bodies.assignmentRequest,
    '{"clientId":"c1","consumerGroup":"cg","messageModel":"CLUSTERING","strategyName":"AVG","topic":"T"}',
  ],
  [
    'assignmentAnswer',
    bodies.assignmentAnswer,
    `{"messageQueueAssignments":[{"messageQueue":${queue},"mode":"POP"}]}`,
  ],
  ['an assignment of nothing', bodies.assignmentAnswer, '{"messageQueueAssignments":[]}'],
  ['no assignment', bodies.assignmentAnswer, '{}'],
  ['requestModeSetting', bodies.requestModeSetting, mode],
  ['requestModeTable', bodies.requestModeTable, `{"messageRequestModeMap":{"T":{"cg":${mode}}}}`],
  ['resetOffsets', bodies.resetOffsets, `{"offsetTable":{${queue}:5}}`],
  [
    'resetOffsetsForCpp',
    bodies.resetOffsetsForCpp,
    '{"offsetTable":[{"brokerName":"broker-a","offset":5,"queueId":0,"topic":"T"}]}',
  ],
  [
    'consumerStatus',
    bodies.consumerStatus,
    `{"consumerTable":{"10.0.0.9@1":{${queue}:5}},"messageQueueTable":{${queue}:5}}`,
  ],
  [
    'consumeResult',
    bodies.consumeResult,
    '{"autoCommit":true,"consumeResult":"CR_SUCCESS","order":false,"spentTimeMills":3}',
  ],
  [
    'consumerRunningInfo',
    bodies.consumerRunningInfo,
    `{"mqPopTable":{${queue}:{"droped":false,"lastPopTimestamp":0,"waitAckCount":0}},"mqTable":{${queue}:{"cachedMsgCount":0,"cachedMsgMaxOffset":0,"cachedMsgMinOffset":0,"cachedMsgSizeInMiB":0,"commitOffset":0,"droped":false,"lastConsumeTimestamp":0,"lastLockTimestamp":0,"lastPullTimestamp":0,"locked":false,"transactionMsgCount":0,"transactionMsgMaxOffset":0,"transactionMsgMinOffset":0,"tryUnlockTimes":0}},"properties":{"PROP_CONSUME_TYPE":"CONSUME_PASSIVELY"},"statusTable":{"T":{"consumeFailedMsgs":0,"consumeFailedTPS":0.0,"consumeOKTPS":0.0,"consumeRT":0.0,"pullRT":0.0,"pullTPS":0.0}},"subscriptionSet":[${subscription}],"userConsumerInfo":{}}`,
  ],
  [
    'consumerOffsetTable',
    bodies.consumerOffsetTable,
    `{"dataVersion":${version},"groupTopicMap":{"cg":["T"]},"offsetTable":{"T@cg":{0:5,1:6}}}`,
  ],
  [
    'delayOffsetTable',
    bodies.delayOffsetTable,
    `{"dataVersion":${version},"offsetTable":{1:100,2:50}}`,
  ],
  ['subscriptionGroupConfig', bodies.subscriptionGroupConfig, group],
  [
    'subscriptionGroupTable',
    bodies.subscriptionGroupTable,
    `{"dataVersion":${version},"forbiddenTable":{"cg":{"T":4}},"subscriptionGroupTable":{"cg":${group}}}`,
  ],
  ['subscriptionGroupList', bodies.subscriptionGroupList, `{"groupConfigList":[${group}]}`],
  [
    'timerMetrics',
    bodies.timerMetrics,
    `{"dataVersion":${version},"timingCount":{"T":{"count":5,"timeStamp":1700000000000}}}`,
  ],
  [
    'batchAck',
    bodies.batchAck,
    '{"acks":[{"b":"BQI=","c":"cg","it":60000,"pt":1700000000000,"q":3,"r":"0","rq":2,"so":100,"t":"T"}],"brokerName":"broker-a"}',
  ],
  [
    'topicStatsTable',
    bodies.topicStatsTable,
    `{"offsetTable":{${queue}:{"lastUpdateTimestamp":1700000000000,"maxOffset":10,"minOffset":0}},"topicPutTps":0.0}`,
  ],
  [
    'consumeStats',
    bodies.consumeStats,
    `{"consumeTps":1.5,"offsetTable":{${queue}:{"brokerOffset":10,"consumerOffset":7,"lastTimestamp":1700000000000,"pullOffset":8}}}`,
  ],
  [
    'consumeStatsList',
    bodies.consumeStatsList,
    '{"brokerAddr":"10.0.0.1:10911","consumeStatsList":[{"cg":[{"consumeTps":0.0,"offsetTable":{}}]}],"totalDiff":3,"totalInflightDiff":0}',
  ],
  [
    'consumerConnection',
    bodies.consumerConnection,
    `{"connectionSet":[${connection}],"consumeFromWhere":"CONSUME_FROM_LAST_OFFSET","consumeType":"CONSUME_PASSIVELY","messageModel":"CLUSTERING","subscriptionTable":{"T":${subscription}}}`,
  ],
  ['producerConnection', bodies.producerConnection, `{"connectionSet":[${connection}]}`],
  [
    'producerTable',
    bodies.producerTable,
    '{"data":{"pg":[{"clientId":"10.0.0.9@1","language":"JAVA","lastUpdateTimestamp":1700000000000,"remoteIP":"10.0.0.9:5555","version":479}]}}',
  ],
  [
    'consumeTimeSpans',
    bodies.consumeTimeSpans,
    `{"consumeTimeSpanSet":[{"consumeTimeStamp":3,"consumeTimeStampStr":"1970-01-01#00:00:00:003","delayTime":4,"maxTimeStamp":2,"messageQueue":${queue},"minTimeStamp":1}]}`,
  ],
  ['correctionOffsets', bodies.correctionOffsets, '{"correctionOffsets":{0:9223372036854775807}}'],
  [
    'subscriptionAnswer',
    bodies.subscriptionAnswer,
    `{"group":"cg","subscriptionData":${subscription},"topic":"T"}`,
  ],
  [
    'consumeQueueAnswer',
    bodies.consumeQueueAnswer,
    '{"maxQueueIndex":9,"minQueueIndex":0,"queueData":[{"eval":false,"physicOffset":1,"physicSize":2,"tagsCode":3}]}',
  ],
  [
    'brokerStats',
    bodies.brokerStats,
    '{"statsDay":{"avgpt":2.0,"sum":5,"tps":1.5},"statsHour":{"avgpt":0.0,"sum":0,"tps":0.0},"statsMinute":{"avgpt":0.0,"sum":0,"tps":0.0}}',
  ],
  ['groupForbidden', bodies.groupForbidden, '{"group":"cg","readable":true,"topic":"T"}'],
  [
    'haRuntimeInfo',
    bodies.haRuntimeInfo,
    '{"haClientRuntimeInfo":{"lastReadTimestamp":0,"lastWriteTimestamp":0,"masterFlushOffset":0,"maxOffset":0,"transferredByteInSecond":0},"haConnectionInfo":[{"diff":0,"inSync":false,"slaveAckOffset":0,"transferFromWhere":0,"transferredByteInSecond":0}],"inSyncSlaveNums":0,"master":true,"masterCommitLogMaxOffset":0}',
  ],
  [
    'epochCache',
    bodies.epochCache,
    '{"brokerId":1,"brokerName":"broker-a","clusterName":"DefaultCluster","epochList":[{"endOffset":100,"epoch":1,"startOffset":0},{"endOffset":9223372036854775807,"epoch":2,"startOffset":100}],"maxOffset":200}',
  ],
  [
    'brokerReplicas',
    bodies.brokerReplicas,
    '{"replicasInfoTable":{"broker-a":{"inSyncReplicas":[{"alive":true,"brokerAddress":"10.0.0.1:10911","brokerId":1,"brokerName":"broker-a"}],"masterAddress":"10.0.0.1:10911","masterBrokerId":1,"masterEpoch":1,"notInSyncReplicas":[],"syncStateSetEpoch":2}}}',
  ],
  [
    'electMasterAnswer',
    bodies.electMasterAnswer,
    `{"brokerMemberGroup":${members},"syncStateSet":[1]}`,
  ],
  ['brokerNames', bodies.brokerNames, '["broker-a","broker-b"]'],
  [
    'userInfo',
    bodies.userInfo,
    '{"password":"p","userStatus":"enable","userType":"Normal","username":"u"}',
  ],
  ['userList', bodies.userList, '[{"username":"u"}]'],
  [
    'aclInfo',
    bodies.aclInfo,
    '{"policies":[{"entries":[{"actions":["Pub","Sub"],"decision":"Allow","resource":"Topic:*","sourceIps":["10.0.0.0/8"]}],"policyType":"Custom"}],"subject":"User:u"}',
  ],
  ['aclList', bodies.aclList, '[{"subject":"User:u"}]'],
  ['rocksDbProgress', bodies.rocksDbProgress, '{"checkResult":"ok","checkStatus":0}'],
] as unknown as [string, BodyCodec<never>, string][];

test.each(samples)('%s is read and written as Java does', (_name, codec, json) => {
  const value = codec.decode(Buffer.from(json));
  expect(codec.encode(value).toString()).toBe(json);
});

test.each(samples)('%s is also read from standard JSON', (_name, codec, json) => {
  const value = codec.decode(Buffer.from(json));
  const standard = codec.encode(value, 'standard');
  expect(() => JSON.parse(standard.toString()) as unknown).not.toThrow();
  expect(codec.decode(standard)).toEqual(value);
});

test('there is a sample of every body', () => {
  const codecs = Object.values(bodies).filter(
    (value): value is BodyCodec<never> => typeof value === 'object' && 'decode' in value,
  );
  // These two are parts of others, and in their samples.
  const parts: unknown[] = [bodies.brokerData, bodies.queueData, bodies.consumerData];
  const sampled = new Set(samples.map(([, codec]) => codec));
  expect(codecs.filter((codec) => !sampled.has(codec) && !parts.includes(codec))).toEqual([]);
});

test('a strict route is standard JSON', () => {
  const route = bodies.topicRouteData.decode(Buffer.from(legacyRoute));
  expect(bodies.topicRouteData.encode(route, 'strict').toString()).toBe(
    legacyRoute.replace('{0:', '{"0":').replace(',1:', ',"1":'),
  );
});

describe('a body', () => {
  test('that leaves things out has the defaults of Java', () => {
    expect(bodies.subscriptionGroupConfig.decode(Buffer.from('{"groupName":"cg"}'))).toEqual(
      bodies.subscriptionGroupConfig.decode(Buffer.from(group)),
    );
    expect(bodies.topicConfig.decode(Buffer.from('{"topicName":"T","perm":null}'))).toMatchObject({
      perm: 6,
      readQueueNums: 16,
      writeQueueNums: 16,
      topicFilterType: 'SINGLE_TAG',
    });
  });

  test('takes text for numbers and flags, numbers for names of enumerations', () => {
    const json = '{"consumerGroup":"cg","mode":1,"popShareQueueNum":"3","topic":"T","more":[]}';
    expect(
      bodies.requestModeSetting
        .encode(bodies.requestModeSetting.decode(Buffer.from(json)))
        .toString(),
    ).toBe(mode);
    expect(bodies.lockRequest.decode(Buffer.from('{"onlyThisBroker":"true"}')).onlyThisBroker).toBe(
      true,
    );
  });

  test.each([
    ['{"clientID":[]}', 'Cannot read body.clientID: expected text, is []'],
    [
      '{"consumerDataSet":[{"subscriptionDataSet":{}}]}',
      'body.consumerDataSet[0].subscriptionDataSet: expected a list, is {}',
    ],
    ['{"heartbeatFingerprint":"x"}', 'body.heartbeatFingerprint: expected a whole number, is "x"'],
    ['{"withoutSub":{}}', 'body.withoutSub: expected true or false'],
    [
      '{"consumerDataSet":[{"messageModel":"NEITHER"}]}',
      'expected one of BROADCASTING, CLUSTERING, is "NEITHER"',
    ],
    ['[]', 'Cannot read body: expected an object, is []'],
    ['{', 'Cannot read the body: Expected'],
  ])('%s is refused, naming the place', (json, message) => {
    expect(() => bodies.heartbeatData.decode(Buffer.from(json))).toThrow(Failure);
    expect(() => bodies.heartbeatData.decode(Buffer.from(json))).toThrow(message);
  });

  test('with a key that is no object is refused', () => {
    expect(() => bodies.resetOffsets.decode(Buffer.from('{"offsetTable":{"T":5}}'))).toThrow(
      Failure,
    );
    expect(() =>
      bodies.correctionOffsets.decode(Buffer.from('{"correctionOffsets":{"x":5}}')),
    ).toThrow('a key of body.correctionOffsets: expected a whole number, is "x"');
  });
});

test('the codes of a subscription are the hashes of its tags', () => {
  const { codeSet, tagsSet } = bodies.subscriptionData.decode(Buffer.from(subscription));
  expect(codeSet).toEqual(tagsSet.map(javaHash));
});

describe('a registration', () => {
  const deflated = Buffer.from(
    '78da636060b0a8564ace2fcd2b492d52b232d6512a2e492c490d4b2d2acecccf53b232d0512ac9cc4d050ae6162859199a1b20402d0303032310eb84285800a19942b0a79fbb8f6b7c88a3bb42b512504f71627aaa5e496541aa9295929f7f90afa38f12480f53742c90640000143b1f8f',
    'hex',
  );
  const value = bodies.registration.decode(Buffer.from(registration));
  const { topicConfigSerializeWrapper: wrapper } = value;

  test('has the checksum of the specification, in both forms', () => {
    const plain = bodies.registration.encode(value);
    expect(crc32(plain, 0, plain.length)).toBe(1_397_604_307);
    expect(crc32(deflated, 0, deflated.length)).toBe(718_201_486);
  });

  test('is read from the compressed form, whatever the header says', () => {
    expect(bodies.isCompressed(deflated)).toBe(true);
    expect(bodies.isCompressed(Buffer.from(registration))).toBe(false);
    expect(bodies.decodeRegistration(Buffer.from(registration), 479)).toEqual(value);
    const { topicConfigTable, dataVersion } = bodies.decodeRegistration(
      deflated,
      479,
    ).topicConfigSerializeWrapper;
    expect(topicConfigTable).toEqual(wrapper.topicConfigTable);
    expect(dataVersion).toEqual(wrapper.dataVersion);
  });

  test('is compressed so that it is read again', () => {
    const info = bodies.topicQueueMappingInfo.decode(Buffer.from(mapping));
    const mapped = {
      filterServerList: ['10.0.0.1:1'],
      topicConfigSerializeWrapper: {
        ...wrapper,
        mappingDataVersion: bodies.dataVersion.fallback(),
        topicQueueMappingInfoMap: new Map([['st', info]]),
      },
    };
    const compressed = bodies.encodeCompressed(mapped);
    expect(bodies.decodeRegistration(compressed, 479)).toEqual(mapped);
    const old = bodies.decodeRegistration(compressed, 412).topicConfigSerializeWrapper;
    expect(old.topicQueueMappingInfoMap.size).toBe(0);
  });

  test('that is cut, lies about lengths or is no zlib stream is refused', () => {
    expect(() => bodies.decodeRegistration(deflated.subarray(0, 40), 479)).toThrow(
      'no zlib stream',
    );
    const lying = deflateSync(Buffer.from('7fffffff', 'hex'));
    expect(() => bodies.decodeRegistration(lying, 479)).toThrow(
      'a length at byte 4 of 4 does not fit',
    );
    const many = deflateSync(Buffer.from('000000027b7d7fffffff', 'hex'));
    expect(() => bodies.decodeRegistration(many, 479)).toThrow('does not fit');
    const topicText = Buffer.from(
      '000000027b7d 00000001 00000003 542038'.replaceAll(' ', ''),
      'hex',
    );
    expect(() => bodies.decodeRegistration(deflateSync(topicText), 479)).toThrow(
      'Cannot read topic "T" of the registration: expected 5 or 6 words, are 2',
    );
  });
});

test('two data versions are the same when all three parts are', () => {
  const a = { counter: 1, stateVersion: 2, timestamp: 3 };
  expect(bodies.isSameVersion(a, { ...a })).toBe(true);
  expect(bodies.isSameVersion(a, { ...a, counter: 2 })).toBe(false);
});
