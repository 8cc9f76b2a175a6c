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
`);

const refusedKeys = {
  ...refused('a controller is a role of its own, and not here yet', {
    enableControllerInNamesrv: 'false',
  }),
  ...refused('routes are never asked of another environment', {
    clusterTest: 'false',
  }),
  ...refused('TLS is not here yet', {
    useTLS: 'false',
  }),
  ...refused('connections are made directly', {
    socksProxyConfig: '{}',
  }),
};

export const nameServerElsewhere: Elsewhere = {
  ignored: [...ignored, ...nettyServerKeys, ...nettyClientKeys],
  refused: refusedKeys,
};
