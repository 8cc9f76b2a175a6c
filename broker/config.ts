/**
 * Every option of a broker: RocketMQ's names, units and defaults, so that a `broker.conf` works as
 * it is. Where a default is ours, its row says why.
 */
import {
  addresses,
  brokerElsewhere,
  bytes,
  type ConfigOf,
  everyRole,
  flag,
  integer,
  oneOf,
  type Schema,
  text,
} from '../config/mod.ts';
import { type Address, parseAddress } from '../runtime/mod.ts';

const name = /^[%|a-zA-Z0-9_-]{1,120}$/;
const IP =
  /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}|(?=.*:.*:)[\da-fA-F:]{2,39})$/;
/** Labels with dots in between, of which the last is no number: that would be half an address. */
const HOST_NAME = /^(?=.{1,253}$)(?:\w(?:[\w-]{0,61}\w)?\.)*[a-zA-Z_](?:[\w-]{0,61}\w)?\.?$/;
const milliseconds = { min: 1, max: 86_400_000 };
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

const identity = {
  brokerClusterName: text({
    fallback: 'DefaultCluster',
    pattern: name,
    expected: 'letters, digits, "-" and "_"',
    doc: 'The cluster this broker belongs to.',
  }),
  brokerName: text({
    fallback: { says: "the machine's name", of: ({ host }) => host.name },
    pattern: name,
    expected: 'letters, digits, "-" and "_"',
    doc: 'The broker group: a master and its replicas share the name.',
  }),
  brokerId: integer({
    fallback: 0,
    min: 0,
    max: 0,
    doc: 'The place in the group; 0 is the master.',
  }),
  brokerRole: oneOf(['ASYNC_MASTER', 'SYNC_MASTER'], {
    fallback: 'ASYNC_MASTER',
    doc: 'The part this broker plays in its group. A broker alone is the same with both.',
    missing: { SLAVE: 'this version has no replicas, each broker is the only one of its group' },
  }),
  brokerIP1: text({
    fallback: { says: 'an address of this machine', of: ({ host }) => host.address },
    pattern: new RegExp(`${IP.source}|${HOST_NAME.source}`),
    expected: 'an address or a host name, such as 10.0.0.5 or broker-a-0.brokers.shop.svc',
    doc: 'Where clients are told to connect: an address or a host name, which name servers pass on as it is.',
  }),
  storeHostAddress: text({
    fallback: {
      says: '`brokerIP1` or `bindAddress` where one is an address, else an address of this machine',
      of: (known) =>
        [known.text('brokerIP1'), known.text('bindAddress')].find(isOwnAddress) ??
        known.host.address,
    },
    pattern: IP,
    expected: 'an IPv4 or IPv6 address',
    doc: 'The address that is stored with every message and begins its id, where no name fits. A key of Gantry.',
  }),
};

const network = {
  bindAddress: text({ fallback: '0.0.0.0', doc: 'The address to listen on.' }),
  listenPort: integer({
    fallback: 10_911,
    min: 3,
    max: 65_535,
    doc: 'Port of the remoting protocol; the one two below it serves sends and administration.',
  }),
  namesrvAddr: addresses({
    fallback: {
      says: 'the environment variable NAMESRV_ADDR',
      of: ({ host }) => parseAddresses(host.environment['NAMESRV_ADDR'] ?? ''),
    },
    live: true,
    doc: 'The name servers to register with; each is told on its own.',
  }),
  registerNameServerPeriod: integer({
    fallback: 30_000,
    min: 10_000,
    max: 60_000,
    doc: 'Milliseconds between two full registrations.',
  }),
  registerBrokerTimeoutMills: integer({
    fallback: 24_000,
    ...milliseconds,
    doc: 'Milliseconds to wait for a name server.',
  }),
  serverChannelMaxIdleTimeSeconds: integer({
    fallback: 120,
    min: 1,
    max: 86_400,
    doc: 'Seconds without traffic after which a connection is closed.',
  }),
  channelExpiredTimeout: integer({
    fallback: 120_000,
    ...milliseconds,
    live: true,
    doc: 'Milliseconds without a heartbeat after which a client is forgotten.',
  }),
};

const admission = {
  configBlackList: text({
    fallback: 'configBlackList;brokerConfigPath',
    doc: 'Options that no request may change, separated by `;`.',
  }),
  brokerPermission: integer({
    fallback: 6,
    min: 0,
    max: 7,
    live: true,
    doc: 'What clients may do here: 4 read, 2 write, 6 both. It limits what every topic allows.',
  }),
  autoCreateTopicEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether a send to an unknown topic creates it.',
  }),
  defaultTopicQueueNums: integer({
    fallback: 8,
    min: 1,
    max: 65_536,
    doc: 'Most queues of a topic that is created by sending to it.',
  }),
  autoCreateSubscriptionGroup: flag({
    fallback: true,
    live: true,
    doc: 'Whether a consumer group comes into being by being used.',
  }),
  clusterTopicEnable: flag({
    fallback: true,
    doc: 'Whether the topic named as the cluster is open.',
  }),
  brokerTopicEnable: flag({
    fallback: true,
    doc: 'Whether the topic named as the broker is open.',
  }),
  traceTopicEnable: flag({ fallback: false, doc: 'Whether the topic for message traces exists.' }),
  msgTraceTopicName: text({
    fallback: 'RMQ_SYS_TRACE_TOPIC',
    pattern: name,
    expected: 'a topic name',
    doc: 'The topic for message traces.',
  }),
  validateSystemTopicWhenUpdateTopic: flag({
    fallback: true,
    live: true,
    doc: 'Whether system topics are protected from being changed by operators.',
  }),
  reviveQueueNum: integer({
    fallback: 8,
    min: 1,
    max: 1024,
    doc: 'Queues of the topic that holds what pop consumers have not acknowledged.',
  }),
  timerWheelEnable: flag({ fallback: true, doc: 'Whether the topic of timed messages exists.' }),
  maxMessageSize: integer({
    fallback: 4 * MiB,
    min: KiB,
    max: 16 * MiB - 128 * KiB,
    live: true,
    doc: 'Most bytes of a message body.',
  }),
  startAcceptSendRequestTimeStamp: integer({
    fallback: 0,
    min: 0,
    // The last moment that a date can tell.
    max: 8_640_000_000_000_000,
    doc: 'Milliseconds since the epoch before which sends are refused.',
  }),
  regionId: text({
    fallback: 'DefaultRegion',
    pattern: /^[ !#-[\]-~]{0,127}$/,
    expected: 'at most 127 characters of ASCII, without quotes and backslashes',
    doc: 'The region stored with every message.',
  }),
  traceOn: flag({
    fallback: true,
    doc: 'Whether clients are asked to trace; stored with messages.',
  }),
  storeReplyMessageEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether replies of request-reply are stored besides being delivered.',
  }),
};

const consuming = {
  longPollingEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether a pull that finds nothing waits as long as the client says.',
  }),
  shortPollingTimeMills: integer({
    fallback: 1000,
    ...milliseconds,
    live: true,
    doc: 'Milliseconds that a pull which finds nothing waits when `longPollingEnable` is false.',
  }),
  heldPullsMax: integer({
    fallback: 100_000,
    min: 1,
    max: 10_000_000,
    doc: 'Most pulls that wait at a time; further ones are answered at once. A key of Gantry.',
  }),
  litePullMessageEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether lite pull consumers are served.',
  }),
  notifyConsumerIdsChangedEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether members are told when their group changes.',
  }),
  flushConsumerOffsetInterval: integer({
    fallback: 5000,
    ...milliseconds,
    doc: 'Milliseconds between two savings of consumer offsets.',
  }),
  maxTransferBytesOnMessageInMemory: bytes({
    fallback: 256 * KiB,
    min: KiB,
    max: 16 * MiB,
    live: true,
    doc: 'Most bytes of one pull from the newest messages.',
  }),
  maxTransferCountOnMessageInMemory: integer({
    fallback: 32,
    min: 1,
    max: 4096,
    live: true,
    doc: 'Most messages of one pull from the newest messages.',
  }),
  maxTransferBytesOnMessageInDisk: bytes({
    fallback: 64 * KiB,
    min: KiB,
    max: 16 * MiB,
    live: true,
    doc: 'Most bytes of one pull from messages that are no longer in memory.',
  }),
  maxTransferCountOnMessageInDisk: integer({
    fallback: 8,
    min: 1,
    max: 4096,
    live: true,
    doc: 'Most messages of one pull from messages that are no longer in memory.',
  }),
  defaultQueryMaxNum: integer({
    fallback: 32,
    min: 1,
    max: 4096,
    live: true,
    doc: 'Most messages of a query by unique key.',
  }),
  maxMsgsNumBatch: integer({
    fallback: 64,
    min: 1,
    max: 4096,
    live: true,
    doc: 'Most messages of a query by key.',
  }),
};

const storing = {
  storePathRootDir: text({
    fallback: { says: '$HOME/store', of: ({ host }) => `${host.homeFolder}/store` },
    pattern: /^\//,
    expected: 'an absolute path',
    doc: 'The store: log, queues, index and metadata.',
  }),
  storePathCommitLog: text({
    fallback: {
      says: 'the folder commitlog of storePathRootDir',
      of: (known) => `${known.text('storePathRootDir')}/commitlog`,
    },
    pattern: /^\/[^,]*$/,
    expected: 'one absolute path',
    doc: 'The commit log, when it is to be somewhere else.',
  }),
  mappedFileSizeCommitLog: bytes({
    fallback: GiB,
    min: 64 * KiB,
    max: 2 * GiB - 1,
    doc: 'Size of a commit log file; must stay what it was for data that is there.',
  }),
  mappedFileSizeConsumeQueue: bytes({
    fallback: 6_000_000,
    min: 20,
    max: GiB,
    doc: 'Size of a consume queue file; must stay what it was for data that is there.',
  }),
  flushDiskType: oneOf(['SYNC_FLUSH', 'ASYNC_FLUSH'], {
    fallback: 'ASYNC_FLUSH',
    doc: 'Whether a send waits until the disk has the message.',
  }),
  flushIntervalCommitLog: integer({
    fallback: 10,
    ...milliseconds,
    doc: 'Milliseconds between two syncs of the log while it grows. RocketMQ has 500: ten keeps what a power cut costs and the slowest answers small.',
  }),
  syncFlushTimeout: integer({
    fallback: 5000,
    ...milliseconds,
    live: true,
    doc: 'Milliseconds a send waits for the disk with SYNC_FLUSH.',
  }),
  messageIndexEnable: flag({ fallback: true, doc: 'Whether messages can be found by key.' }),
  maxHashSlotNum: integer({
    fallback: 5_000_000,
    min: 1,
    max: 100_000_000,
    doc: 'Hash slots of an index file; must stay what it was for data that is there.',
  }),
  maxIndexNum: integer({
    fallback: 20_000_000,
    min: 2,
    max: 100_000_000,
    doc: 'Entries of an index file; must stay what it was for data that is there.',
  }),
};

const cleaning = {
  deleteWhen: text({
    fallback: '04',
    pattern: /^\d{1,2}(?:;\d{1,2})*$/,
    expected: 'hours of the day as 04 or 03;04',
    live: true,
    doc: 'Hours of the day in which expired files are removed.',
  }),
  fileReservedTime: integer({
    fallback: 72,
    min: 1,
    max: 87_600,
    live: true,
    doc: 'Hours to keep messages.',
  }),
  cleanFileForciblyEnable: flag({
    fallback: true,
    live: true,
    doc: 'Whether files that are not expired may be removed to keep a filling disk going.',
  }),
  cleanResourceInterval: integer({
    fallback: 10_000,
    ...milliseconds,
    doc: 'Milliseconds between two looks at the disk.',
  }),
  diskMaxUsedSpaceRatio: integer({
    fallback: 75,
    min: 10,
    max: 95,
    live: true,
    doc: 'Percent of the disk above which expired files go at any hour.',
  }),
  diskSpaceCleanForciblyRatio: integer({
    fallback: 85,
    min: 30,
    max: 100,
    live: true,
    doc: 'Percent of the disk above which the oldest files go although not expired.',
  }),
  diskSpaceWarningLevelRatio: integer({
    fallback: 90,
    min: 35,
    max: 100,
    live: true,
    doc: 'Percent of the disk above which sends are refused.',
  }),
};

const brokerOptions = {
  ...identity,
  ...network,
  ...admission,
  ...consuming,
  ...storing,
  ...cleaning,
  ...everyRole,
} as const;

export type BrokerConfig = ConfigOf<typeof brokerOptions>;

export const brokerSchema: Schema<typeof brokerOptions> = {
  role: 'broker',
  options: brokerOptions,
  elsewhere: brokerElsewhere,
  check: (config) =>
    config.diskSpaceCleanForciblyRatio > config.diskSpaceWarningLevelRatio
      ? [
          `diskSpaceCleanForciblyRatio is ${config.diskSpaceCleanForciblyRatio}, expected at most diskSpaceWarningLevelRatio, ${config.diskSpaceWarningLevelRatio}: above that sends are refused`,
        ]
      : [],
};

/** Not the wildcard, which is no address to find a message by. */
function isOwnAddress(host: string): boolean {
  return IP.test(host) && host !== '0.0.0.0' && host !== '::';
}

/** What is no address is left out: the environment is not this broker's to refuse. */
function parseAddresses(list: string): Address[] {
  return list.split(';').flatMap((part) => parseAddress(part) ?? []);
}
