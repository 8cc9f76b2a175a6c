/**
 * The keys of RocketMQ's `namesrv.conf` that are no options here; `broker.ts` says what is refused
 * and what ignored.
 */
import type { Elsewhere } from '../schema.ts';
import { nettyClientKeys, nettyServerKeys } from './every-server.ts';
import { keyList, refused } from './lists.ts';

const ignored = keyList(`
  clientRequestThreadPoolNums clientRequestThreadPoolQueueCapacity configStorePath
  defaultThreadPoolNums defaultThreadPoolQueueCapacity productEnvName rocketmqHome
  unRegisterBrokerQueueCapacity
`);

const refusedKeys = {
  ...refused('a controller is a role of its own, and not here yet', {
    enableControllerInNamesrv: 'false',
  }),
  ...refused('routes are never asked of another environment', {
    clusterTest: 'false',
  }),
  ...refused('a slave that acts as master is not here yet', {
    notifyMinBrokerIdChanged: 'false',
    supportActingMaster: 'false',
  }),
  ...refused('TLS is not here yet', {
    useTLS: 'false',
  }),
  ...refused('connections are made directly', {
    socksProxyConfig: '{}',
  }),
  ...refused('this cannot be changed yet', {
    configBlackList: 'configBlackList;configStorePath;kvConfigPath',
    deleteTopicWithBrokerRegistration: 'false',
    enableAllTopicList: 'true',
    enableTopicList: 'true',
    needWaitForService: 'false',
    orderMessageEnable: 'false',
    returnOrderTopicConfigToBroker: 'true',
    scanNotActiveBrokerInterval: '5000',
    serverChannelMaxIdleTimeSeconds: '120',
    waitSecondsForService: '45',
  }),
};

export const nameServerElsewhere: Elsewhere = {
  ignored: [...ignored, ...nettyServerKeys, ...nettyClientKeys],
  refused: refusedKeys,
};
