/** RocketMQ's own admin tool against Gantry: a day with one topic, in this order. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerProcess } from '../processes/broker-process.ts';
import { startBroker, startNameServer } from '../processes/gantry.ts';
import { peer } from '../processes/java.ts';
import type { Running } from '../processes/running.ts';
import { Scratch } from '../processes/scratch.ts';

const nameServerAddress = '127.0.23.2:9876';
const brokerAddress = '127.0.23.1:10911';
const scratch = new Scratch();
let nameServer: Running;
let broker: BrokerProcess;

beforeAll(async () => {
  nameServer = await startNameServer(nameServerAddress, `${scratch.path}/nameserver`);
  broker = await startBroker({
    address: brokerAddress,
    folder: `${scratch.path}/broker`,
    nameServer: nameServerAddress,
  });
});

afterAll(async () => {
  await broker.process.stop();
  await nameServer.stop();
  scratch[Symbol.dispose]();
});

const row = (text: string): RegExp => new RegExp(text.replaceAll(' ', '\\s+'));

test.each<[string, RegExp]>([
  ['clusterList', row(`DefaultCluster broker-a 0 ${brokerAddress} V5_`)],
  [
    `updateTopic -b ${brokerAddress} -t Shown -r 4 -w 4`,
    row(`create topic to ${brokerAddress} success`),
  ],
  ['topicList', /^Shown$/m],
  ['topicClusterList -t Shown', /^DefaultCluster$/m],
  ['topicRoute -t Shown', /"readQueueNums":4/],
  [
    'sendMessage -t Shown -p hello -k key1 -c TagA -b broker-a -i 2',
    row('broker-a 2 SEND_OK [0-9A-F]{32}'),
  ],
  ['topicStatus -t Shown', row('broker-a 2 0 1 20')],
  ['queryMsgByKey -t Shown -k key1', row('[0-9A-F]{32} 2 0')],
  ['queryMsgByOffset -t Shown -b broker-a -i 2 -o 0', row('Tags: \\[TagA\\]')],
  [`updateSubGroup -b ${brokerAddress} -g ShownGroup`, /ShownGroup/],
  [`brokerStatus -b ${brokerAddress}`, row('putMessageTimesTotal : 1')],
  [`getBrokerConfig -b ${brokerAddress}`, row('brokerName = broker-a')],
  ['updateKvConfig -s NS -k K -v V', /create or update kv config to namespace success/],
  ['deleteKvConfig -s NS -k K', /delete kv config from namespace success/],
  [`deleteTopic -c DefaultCluster -t Shown`, /delete topic \[Shown\] from NameServer success/],
  ['topicRoute -t Shown', /CODE: 17/],
])('mqadmin %s', async (command, expected) => {
  await using tool = peer(['mqadmin', ...command.split(' ')], {
    folder: scratch.path,
    nameServer: nameServerAddress,
  });
  await tool.exited;
  expect(tool.output).toMatch(expected);
});
