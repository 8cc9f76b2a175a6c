/**
 * Every option of a name server: RocketMQ's names, units and defaults, so that a `namesrv.conf`
 * works as it is.
 */
import {
  type ConfigOf,
  everyRole,
  flag,
  integer,
  nameServerElsewhere,
  type Schema,
  text,
} from '../config/mod.ts';

const DAY_MS = 86_400_000;

const network = {
  bindAddress: text({ fallback: '0.0.0.0', doc: 'The address to listen on.' }),
  listenPort: integer({
    fallback: 9876,
    min: 0,
    max: 65_535,
    doc: 'Port of the remoting protocol; 0 takes any free one.',
  }),
  serverChannelMaxIdleTimeSeconds: integer({
    fallback: 120,
    min: 1,
    max: 86_400,
    doc: 'Seconds without input and output after which a connection is closed.',
  }),
};

const files = {
  kvConfigPath: text({
    fallback: {
      says: '`~/namesrv/kvConfig.json`',
      of: ({ host }) => `${host.homeFolder}/namesrv/kvConfig.json`,
    },
    pattern: /^\//,
    expected: 'an absolute path',
    doc: 'The file that keeps what PUT_KV_CONFIG stores.',
  }),
};

const liveness = {
  scanNotActiveBrokerInterval: integer({
    fallback: 5000,
    min: 10,
    max: DAY_MS,
    doc: 'Milliseconds between two looks for brokers that have gone silent.',
  }),
  unRegisterBrokerQueueCapacity: integer({
    fallback: 3000,
    min: 1,
    max: 1_000_000,
    doc: 'Unregistrations that may wait for the end of a turn; more are refused.',
  }),
  notifyMinBrokerIdChanged: flag({
    fallback: false,
    live: true,
    doc: 'Tell the members of a broker group when its least id changes.',
  }),
  supportActingMaster: flag({
    fallback: false,
    live: true,
    doc: 'Show a slave as master where a group allows it and has none: reads go on.',
  }),
};

const answers = {
  enableAllTopicList: flag({
    fallback: true,
    live: true,
    doc: 'Answer the list of all topics.',
  }),
  enableTopicList: flag({
    fallback: true,
    live: true,
    doc: 'Answer the lists of topics by cluster and by unit.',
  }),
  orderMessageEnable: flag({
    fallback: false,
    live: true,
    doc: 'Add the order configuration of the key-value table to routes.',
  }),
  returnOrderTopicConfigToBroker: flag({
    fallback: true,
    live: true,
    doc: 'Tell registering brokers which topics are ordered.',
  }),
  needWaitForService: flag({
    fallback: false,
    live: true,
    doc: 'Refuse routes for `waitSecondsForService` after the start.',
  }),
  waitSecondsForService: integer({
    fallback: 45,
    min: 0,
    max: 3600,
    live: true,
    doc: 'Seconds that `needWaitForService` waits, so that all brokers have registered.',
  }),
  deleteTopicWithBrokerRegistration: flag({
    fallback: false,
    live: true,
    doc: "Remove a broker's topics that its registration lacks.",
  }),
  configBlackList: text({
    fallback: 'configBlackList;configStorePath;kvConfigPath',
    doc: 'Keys that UPDATE_NAMESRV_CONFIG may not change, separated by ";".',
  }),
};

const nameServerOptions = {
  ...network,
  ...files,
  ...liveness,
  ...answers,
  ...everyRole,
} as const;

export type NameServerConfig = ConfigOf<typeof nameServerOptions>;

export const nameServerSchema: Schema<typeof nameServerOptions> = {
  role: 'nameserver',
  options: nameServerOptions,
  elsewhere: nameServerElsewhere,
};
