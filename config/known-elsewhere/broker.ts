/**
 * The keys of RocketMQ's `broker.conf` that are no options here.
 *
 * Refused: what would change what a client or an operator sees. Ignored: how the Java server does
 * its work (threads, locks, caches, logging), and details of what is refused by its own switch. A
 * key that becomes an option leaves these lists.
 */
import type { Elsewhere } from '../schema.ts';
import { metricsKeys, nettyClientKeys, nettyServerKeys } from './every-server.ts';
import { keyList, refused } from './lists.ts';

const ignored = keyList(`
  accessMessageInMemoryHotRatio accountStatsEnable accountStatsPrintZeroValues
  ackMessageThreadPoolNums ackThreadPoolQueueCapacity aclCacheExpiredSecond aclCacheMaxNum
  aclCacheRefreshSecond adminBrokerThreadPoolNums adminBrokerThreadPoolQueueCapacity
  allowRecallWhenBrokerNotWriteable appendAckAsync appendCkAsync asyncSendEnable authConfigPath
  authenticationMetadataProvider authenticationProvider authenticationStrategy
  authenticationWhitelist authorizationMetadataProvider authorizationProvider
  authorizationStrategy authorizationWhitelist autoDeleteUnusedStats
  batchDispatchRequestThreadPoolNums bitMapLengthConsumeQueueExt
  bottomMostCompressionTypeForConsumeQueueStore broadcastOffsetExpireMaxSecond
  broadcastOffsetExpireSecond brokerConfigPath brokerElectionPriority brokerFastFailureEnable
  brokerHeartbeatInterval brokerIP2 brokerNotActiveTimeoutMillis cgColdReadThreshold
  checkCRCOnRecover checkSyncStateSetPeriod cleanOfflineBrokerInterval
  cleanRocksDBDirtyCQIntervalMin cleanSwapedMapInterval clientManageThreadPoolNums
  clientManagerThreadPoolQueueCapacity coldCtrStrategyEnable coldDataScanEnable
  commercialBaseCount commercialSizePerMsg commitCommitLogLeastPages
  commitCommitLogThoroughInterval commitIntervalCommitLog commitLogForceSwapMapInterval
  commitLogSwapMapInterval commitLogSwapMapReserveFileNum compactionCqMappedFileSize
  compactionMappedFileSize compactionScheduleInternal compactionThreadNum
  compatibleWithOldNameSrv compressedRegister consumerFallbehindThreshold
  consumerManageThreadPoolNums consumerManagerThreadPoolQueueCapacity
  consumerOffsetUpdateVersionStep controllerHeartBeatTimeoutMills
  correctLogicMinOffsetForceInterval correctLogicMinOffsetSleepInterval dLegerGroup dLegerPeers
  dLegerSelfId dataReadAheadEnable debugLockEnable defaultPopShareQueueNum
  delayOffsetUpdateVersionStep deleteCommitLogFilesInterval deleteConsumeQueueFilesInterval
  deleteFileBatchMax destroyMapedFileIntervalForcibly diskFallRecorded dispatchCqCacheNum
  dispatchCqThreads dispatchFromSenderThread enableAsyncReput enableBatchPush
  enableBroadcastOffsetStore enableBuildConsumeQueueConcurrently enableCalcFilterBitMap
  enableCompaction enableConnectionMetrics enableCreateSysGroup enableDetailStat
  enableFastChannelEventProcess enableLagAndDlqMetrics enableLmqStats enableMessageStoreMetrics
  enableNetWorkFlowControl enableNotifyAfterPopOrderLockRelease
  enableNotifyBeforePopCalculateLag enablePopBatchAck enablePopBufferMerge enablePopLog
  enablePopMessageThreshold enablePopMetrics enableRegisterProducer enableRemotingMetrics
  enableRequestMetrics enableRocksDBLog enableScheduleAsyncDeliver enableScheduleMessageStats
  enableSingleTopicRegister enableSkipLongAwaitingAck enableSplitRegistration enableStatsMetrics
  enableTransactionMetrics endTransactionPoolQueueCapacity endTransactionThreadPoolNums
  estimateAccumulation expectConsumerNumUseFilter fastFailIfNoBufferInStorePool
  fetchNamesrvAddrInterval filterDataCleanTimeSpan filterSupportRetry flushCommitLogLeastPages
  flushCommitLogThoroughInterval flushCommitLogTimed flushConsumeQueueLeastPages
  flushConsumeQueueThoroughInterval flushConsumerOffsetHistoryInterval flushDelayOffsetInterval
  flushIntervalConsumeQueue flushLeastPagesWhenWarmMapedFile forceRegister forwardTimeout
  globalColdReadThreshold haFlowControlEnable haHousekeepingInterval haListenPort
  haMaxGapNotInSync haMaxTimeSlaveNotCatchup haSendHeartbeatInterval haTransferBatchSize
  heartbeatThreadPoolNums heartbeatThreadPoolQueueCapacity highSpeedMode initAuthenticationUser
  initPopOffsetByCheckMsgInMem innerClientAuthenticationCredentials isolateLogEnable
  litePullMessageThreadPoolNums litePullThreadPoolQueueCapacity
  loadBalancePollNameServerInterval loadBalanceProcessorThreadPoolNums
  loadBalanceThreadPoolQueueCapacity lockInStrictMode logicQueueForceSwapMapInterval
  logicQueueSwapMapInterval logicQueueSwapMapReserveFileNum
  logicalDiskSpaceCleanForciblyThreshold mappedFileSizeConsumeQueueExt mappedFileSizeTimerLog
  mappedFileSwapEnable mapperFileSizeBatchConsumeQueue maxAsyncPutMessageRequests
  maxBatchDeleteFilesNum maxChecksumRange maxConsumeQueueScan maxErrorRateOfBloomFilter
  maxFilterMessageSize maxHaTransferByteInSecond maxLmqConsumeQueueNum maxOffsetMapSize
  maxPopPollingSize maxRecoveryCommitlogFiles maxSlaveResendLength maxStatsIdleTimeInMinutes
  memTableFlushIntervalMs messageIndexSafe namesrvDomain namesrvDomainSubgroup
  offsetCheckInSlave osPageCacheBusyTimeOutMills popCkMaxBufferSize popCkOffsetMaxQueueSize
  popCkStayBufferTime popCkStayBufferTimeOut popConsumerFSServiceInit popConsumerKVServiceLog
  popFromRetryProbability popInflightMessageThreshold popLongPollingForceNotifyInterval
  popPollingMapSize popPollingSize popResponseReturnActualRetryTopic
  popReviveMaxReturnSizePerRead preferredLeaderId printChannelGroups printChannelGroupsMinNum
  processReplyMessageThreadPoolNums pullBatchMaxMessageCount pullMessageThreadPoolNums
  pullThreadPoolQueueCapacity putConsumeQueueDataByFileChannel putMessageFutureThreadPoolNums
  putMessageTimeout putMsgIndexHightWater putThreadPoolQueueCapacity queryMessageThreadPoolNums
  queryThreadPoolQueueCapacity readAheadCacheEnable realTimePersistRocksDBConfig
  recheckReputOffsetFromCq recoverConcurrently recoverThreadPoolNums redeleteHangedFileInterval
  replyThreadPoolQueueCapacity retrieveMessageFromPopRetryTopicV1 reviveAckWaitMs reviveInterval
  reviveMaxSlow reviveScanTime rocketmqHome rocksdbCompressionType rocksdbFlushWalFrequency
  rocksdbWalFileRollingThreshold sampleCountThreshold sampleSteps
  scheduleAsyncDeliverMaxPendingLimit scheduleAsyncDeliverMaxResendNum2Blocked
  searchBcqByCacheEnable sendHeartbeatTimeoutMillis sendMessageThreadPoolNums
  sendThreadPoolQueueCapacity serverLoadBalancerEnable skipPreOnline
  skipWhenCKRePutReachMaxTimes slaveTimeout spinLockCollisionRetreatOptimalDegree
  splitRegistrationSize statRocksDBCQIntervalSec statefulAuthenticationCacheExpiredSecond
  statefulAuthenticationCacheMaxNum statefulAuthorizationCacheExpiredSecond
  statefulAuthorizationCacheMaxNum storePathBrokerIdentity storePathDLedgerCommitLog
  storePathEpochFile subscriptionExpiredTimeout syncBrokerMemberGroupPeriod
  syncBrokerMetadataPeriod syncControllerMetadataPeriod syncFromLastFile
  syncMasterFlushOffsetWhenStartup tieredBackendServiceProvider tieredMetadataServiceProvider
  tieredStorageLevel tieredStoreCommitLogMaxSize tieredStoreConsumeQueueMaxSize
  tieredStoreFilePath tieredStoreFileReservedTime tieredStoreGroupCommitCount
  tieredStoreGroupCommitSize timerCheckMetricsWhen timerColdDataCheckIntervalMs
  timerCongestNumEachSlot timerEnableCheckMetrics timerEnableDisruptor
  timerEnableRetryUntilSuccess timerFlushIntervalMs timerGetMessageThreadNum
  timerMetricSmallThreshold timerProgressLogIntervalMs timerPutMessageThreadNum
  timerRollWindowSlot timerSkipUnknownError timerWarmEnable topicQueueLockNum
  transactionMetricFlushInterval transactionOpBatchInterval transactionOpMsgMaxSize
  transferMsgByHeap transientStorePoolEnable transientStorePoolSize
  travelCqFileNumWhenGetMessage updateNameServerAddrPeriod useABSLock usePIDColdCtrStrategy
  useReentrantLockWhenPutMessage useStaticSubscription userCacheExpiredSecond userCacheMaxNum
  userCacheRefreshSecond waitTimeMillsInAckQueue waitTimeMillsInAdminBrokerQueue
  waitTimeMillsInHeartbeatQueue waitTimeMillsInLitePullQueue waitTimeMillsInPullQueue
  waitTimeMillsInSendQueue waitTimeMillsInTransactionQueue wakeCommitWhenPutMessage
  wakeFlushWhenPutMessage warmMapedFileEnable
`);

const refusedKeys = {
  ...refused('authentication and authorization are not here yet', {
    aclEnable: 'false',
    authenticationEnabled: 'false',
    authorizationEnabled: 'false',
    migrateAuthFromV1Enabled: 'false',
  }),
  ...refused('replicas are not here yet: a group is one broker', {
    allAckInSyncStateSet: 'false',
    asyncLearner: 'false',
    enableAutoInSyncReplicas: 'false',
    haMasterAddress: undefined,
    inSyncReplicas: '1',
    minInSyncReplicas: '1',
    slaveReadEnable: 'false',
    totalReplicas: '1',
  }),
  ...refused('controllers are not here yet', {
    controllerAddr: '',
    enableControllerMode: 'false',
    fetchControllerAddrByDnsLookup: 'false',
  }),
  ...refused('a slave that acts as master is not here yet', {
    enableRemoteEscape: 'false',
    enableSlaveActingMaster: 'false',
  }),
  ...refused('the DLedger commit log is not supported: replication will be by controller', {
    enableDLegerCommitLog: 'false',
  }),
  ...refused('one broker is one process', {
    isBrokerContainer: 'false',
    isInBrokerContainer: 'false',
  }),
  ...refused('the store is made of files, without RocksDB', {
    configManagerVersion: 'v1',
    popConsumerKVServiceEnable: 'false',
    popConsumerKVServiceInit: 'false',
    rocksdbCQDoubleWriteEnable: 'false',
    storeType: 'default',
  }),
  ...refused('store plug-ins such as tiered storage are not here yet', {
    messageStorePlugIn: '',
  }),
  ...refused('one folder holds the commit log', {
    readOnlyCommitLogStorePaths: undefined,
    replicasPerDiskPartition: '1',
  }),
  ...refused('light message queues are not here yet', {
    enableLmq: 'false',
    enableMultiDispatch: 'false',
  }),
  ...refused('delayed messages are not here yet', {
    messageDelayLevel: '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h',
    recallMessageEnable: 'false',
    timerInterceptDelayLevel: 'false',
    timerMaxDelaySec: '259200',
    timerPrecisionMs: '1000',
    timerStopDequeue: 'false',
    timerStopEnqueue: 'false',
  }),
  ...refused('transactions are not here yet', {
    transactionCheckInterval: '30000',
    transactionCheckMax: '15',
    transactionTimeOut: '6000',
  }),
  ...refused('pop consumption is not here yet', {
    defaultMessageRequestMode: 'PULL',
    enableRetryTopicV2: 'false',
    popReviveMaxAttemptTimes: '16',
  }),
  ...refused('filters other than tags are not here yet', {
    enablePropertyFilter: 'false',
  }),
  ...refused('name servers are given by namesrvAddr', {
    fetchNameSrvAddrByDnsLookup: 'false',
    fetchNamesrvAddrByAddressServer: 'false',
  }),
  ...refused('TLS is not here yet', {
    useTLS: 'false',
  }),
  ...refused('connections are made directly', {
    socksProxyConfig: '{}',
  }),
  ...refused('appended property checksums are not here yet', {
    enabledAppendPropCRC: 'false',
    forceVerifyPropCRC: 'false',
  }),
  ...refused('the record format follows from the length of the topic', {
    autoMessageVersionOnTopicLen: 'true',
  }),
  ...refused('only what is confirmed can be read', {
    duplicationEnable: 'false',
    readUnCommitted: 'false',
  }),
  ...refused('cold data is read like any other', {
    coldDataFlowControlEnable: 'false',
  }),
  ...refused('a broker stays until it is stopped', {
    disappearTimeAfterStart: '-1',
  }),
  ...refused('this cannot be turned off or changed yet', {
    accessMessageInMemoryMaxRatio: '40',
    clearRetryTopicWhenDeleteTopic: 'true',
    maxTopicLength: '127',
    realTimeNotifyConsumerChange: 'true',
    rejectTransactionMessage: 'false',
    useServerSideResetOffset: 'true',
  }),
  ...refused('this cannot be turned on yet', {
    disableConsumeIfConsumerReadSlowly: 'false',
    enableCleanExpiredOffset: 'false',
    enableConsumeQueueExt: 'false',
    enableMixedMessageType: 'false',
    rejectPullConsumerEnable: 'false',
  }),
};

export const brokerElsewhere: Elsewhere = {
  ignored: [...ignored, ...nettyServerKeys, ...nettyClientKeys, ...metricsKeys],
  refused: refusedKeys,
};
