/**
 * The keys of RocketMQ's broker that are no options here, so that its files can be used as they
 * are: what has no meaning in one process with one event loop is passed over by name, what would
 * change the broker's behaviour is refused unless it has the value that describes ours.
 */
import type { Elsewhere, Refused } from '../config/mod.ts';

const refused: Readonly<Record<string, Refused>> = {
  allAckInSyncStateSet: { fallback: 'false', reason: 'replicas are not here yet' },
  inSyncReplicas: { fallback: '1', reason: 'replicas are not here yet' },
  minInSyncReplicas: { fallback: '1', reason: 'replicas are not here yet' },
  totalReplicas: { fallback: '1', reason: 'replicas are not here yet' },
  enableAutoInSyncReplicas: { fallback: 'false', reason: 'replicas are not here yet' },
  slaveReadEnable: { fallback: 'false', reason: 'replicas are not here yet' },
  haMasterAddress: { reason: 'replicas are not here yet' },
  enableControllerMode: { fallback: 'false', reason: 'controllers are not here yet' },
  enableSlaveActingMaster: { fallback: 'false', reason: 'replicas are not here yet' },
  enableDLegerCommitLog: { fallback: 'false', reason: 'a log kept by DLedger cannot be opened' },
  duplicationEnable: {
    fallback: 'false',
    reason: 'a log that is a copy of another cluster cannot be kept',
  },
  enablePropertyFilter: { fallback: 'false', reason: 'subscriptions with SQL are not here yet' },
  enableLmq: { fallback: 'false', reason: 'light queues are not here yet' },
  enableMultiDispatch: { fallback: 'false', reason: 'light queues are not here yet' },
  enabledAppendPropCRC: {
    fallback: 'false',
    reason: 'a checksum of the whole record is not stored yet',
  },
  enableConsumeQueueExt: {
    fallback: 'false',
    reason: 'extended consume queue entries are not here yet',
  },
  aclEnable: { fallback: 'false', reason: 'authentication is not here yet' },
  authenticationEnabled: { fallback: 'false', reason: 'authentication is not here yet' },
  authorizationEnabled: { fallback: 'false', reason: 'authorization is not here yet' },
  storeType: { fallback: 'default', reason: 'queues are kept in files' },
  configManagerVersion: { fallback: 'v1', reason: 'metadata is kept in JSON files' },
  messageStorePlugIn: { fallback: '', reason: 'the store cannot be replaced' },
  recallMessageEnable: { fallback: 'false', reason: 'delayed messages are not here yet' },
  defaultMessageRequestMode: { fallback: 'PULL', reason: 'pop consumption is not here yet' },
  useServerSideResetOffset: { fallback: 'true', reason: 'offsets are always reset by the broker' },
  fetchNamesrvAddrByAddressServer: {
    fallback: 'false',
    reason: 'name servers are listed in namesrvAddr',
  },
  fetchNameSrvAddrByDnsLookup: {
    fallback: 'false',
    reason: 'name servers are listed in namesrvAddr',
  },
  useTLS: { fallback: 'false', reason: 'TLS is not here yet' },
  metricsExporterType: { fallback: 'DISABLE', reason: 'metrics are at /metrics on managementPort' },
  isInBrokerContainer: { fallback: 'false', reason: 'brokers run one in a process' },
  isBrokerContainer: { fallback: 'false', reason: 'brokers run one in a process' },
  readOnlyCommitLogStorePaths: { reason: 'the log is in one folder' },
};

const ignored = `
  accessMessageInMemoryHotRatio accessMessageInMemoryMaxRatio accountStatsEnable
  accountStatsPrintZeroValues ackMessageThreadPoolNums ackThreadPoolQueueCapacity
  adminBrokerThreadPoolNums adminBrokerThreadPoolQueueCapacity allocateMappedFileWarm
  allowRecallWhenBrokerNotWriteable appendAckAsync appendCkAsync asyncLearner asyncSendEnable
  authConfigPath authenticationProvider authorizationProvider autoDeleteUnusedStats
  autoMessageVersionOnTopicLen batchDispatchRequestThreadPoolNums bitMapLengthConsumeQueueExt
  bottomMostCompressionTypeForConsumeQueueStore broadcastOffsetExpireMaxSecond
  broadcastOffsetExpireSecond brokerConfigPath brokerElectionPriority brokerFastFailureEnable
  brokerHeartbeatInterval brokerIP2 brokerNotActiveTimeoutMillis cgColdReadThreshold
  channelNotActiveInterval checkCRCOnRecover checkSyncStateSetPeriod cleanOfflineBrokerInterval
  cleanRocksDBDirtyCQIntervalMin cleanSwapedMapInterval clearRetryTopicWhenDeleteTopic
  clientAsyncSemaphoreValue clientCallbackExecutorThreads clientChannelMaxIdleTimeSeconds
  clientCloseSocketIfTimeout clientManageThreadPoolNums clientManagerThreadPoolQueueCapacity
  clientOnewaySemaphoreValue clientPooledByteBufAllocatorEnable clientSocketRcvBufSize
  clientSocketSndBufSize clientWorkerThreads coldCtrStrategyEnable coldDataFlowControlEnable
  coldDataScanEnable commercialBaseCount commercialSizePerMsg commitCommitLogLeastPages
  commitCommitLogThoroughInterval commitIntervalCommitLog commitLogForceSwapMapInterval
  commitLogSwapMapInterval commitLogSwapMapReserveFileNum compactionCqMappedFileSize
  compactionMappedFileSize compactionScheduleInternal compactionThreadNum compatibleWithOldNameSrv
  compressedRegister configBlackList connectTimeoutMillis consumerFallbehindThreshold
  consumerManageThreadPoolNums consumerManagerThreadPoolQueueCapacity
  consumerOffsetUpdateVersionStep controllerAddr controllerHeartBeatTimeoutMills
  correctLogicMinOffsetForceInterval correctLogicMinOffsetSleepInterval dLegerGroup dLegerPeers
  dLegerSelfId dataReadAheadEnable debugLockEnable defaultPopShareQueueNum
  delayOffsetUpdateVersionStep deleteCommitLogFilesInterval deleteConsumeQueueFilesInterval
  deleteFileBatchMax destroyMapedFileIntervalForcibly disableCallbackExecutor
  disableConsumeIfConsumerReadSlowly disableNettyWorkerGroup disappearTimeAfterStart
  diskFallRecorded dispatchCqCacheNum dispatchCqThreads dispatchFromSenderThread enableAsyncReput
  enableBatchPush enableBatchTransferQueue enableBroadcastOffsetStore
  enableBuildConsumeQueueConcurrently enableCalcFilterBitMap enableCleanExpiredOffset
  enableCompaction enableCreateSysGroup enableDetailStat enableFastChannelEventProcess
  enableLmqStats enableMixedMessageType enableNetWorkFlowControl
  enableNotifyAfterPopOrderLockRelease enableNotifyBeforePopCalculateLag enablePopBatchAck
  enablePopBufferMerge enablePopLog enablePopMessageThreshold enableReconnectForGoAway
  enableRegisterProducer enableRemoteEscape enableRetryTopicV2 enableRocksDBLog
  enableScheduleAsyncDeliver enableScheduleMessageStats enableShutdownGracefully
  enableSingleTopicRegister enableSkipLongAwaitingAck enableSplitRegistration
  endTransactionPoolQueueCapacity endTransactionThreadPoolNums estimateAccumulation
  expectConsumerNumUseFilter fastFailIfNoBufferInStorePool fetchControllerAddrByDnsLookup
  fetchNamesrvAddrInterval filterDataCleanTimeSpan filterSupportRetry flushCommitLogLeastPages
  flushCommitLogThoroughInterval flushCommitLogTimed flushConsumeQueueLeastPages
  flushConsumeQueueThoroughInterval flushConsumerOffsetHistoryInterval flushDelayOffsetInterval
  flushIntervalConsumeQueue flushLeastPagesWhenWarmMapedFile forceRegister forceVerifyPropCRC
  forwardTimeout globalColdReadThreshold haFlowControlEnable haHousekeepingInterval haListenPort
  haMaxGapNotInSync haMaxTimeSlaveNotCatchup haSendHeartbeatInterval haTransferBatchSize
  heartbeatThreadPoolNums heartbeatThreadPoolQueueCapacity highSpeedMode initAuthenticationUser
  initPopOffsetByCheckMsgInMem innerClientAuthenticationCredentials isScanAvailableNameSrv
  isolateLogEnable litePullMessageThreadPoolNums litePullThreadPoolQueueCapacity
  loadBalancePollNameServerInterval loadBalanceProcessorThreadPoolNums
  loadBalanceThreadPoolQueueCapacity lockInStrictMode logicQueueForceSwapMapInterval
  logicQueueSwapMapInterval logicQueueSwapMapReserveFileNum logicalDiskSpaceCleanForciblyThreshold
  mappedFileSizeConsumeQueueExt mappedFileSizeTimerLog mappedFileSwapEnable
  mapperFileSizeBatchConsumeQueue maxAsyncPutMessageRequests maxBatchDeleteFilesNum
  maxChecksumRange maxConsumeQueueScan maxErrorRateOfBloomFilter maxFilterMessageSize
  maxHaTransferByteInSecond maxLmqConsumeQueueNum maxOffsetMapSize maxPopPollingSize
  maxReconnectIntervalTimeSeconds maxRecoveryCommitlogFiles maxSlaveResendLength
  maxStatsIdleTimeInMinutes maxTopicLength maxTransferBytesOnMessageInDisk maxTransferCountOnMessageInDisk memTableFlushIntervalMs messageDelayLevel
  messageIndexSafe metricGrpcExporterIntervalInMills metricGrpcExporterTimeOutInMills
  metricLoggingExporterIntervalInMills metricsGrpcExporterHeader metricsGrpcExporterTarget
  metricsInDelta metricsLabel metricsOtelCardinalityLimit metricsPromExporterHost
  metricsPromExporterPort msgTraceTopicEnable namesrvDomain offsetCheckInSlave
  osPageCacheBusyTimeOutMills popCkMaxBufferSize popCkOffsetMaxQueueSize popCkStayBufferTime
  popCkStayBufferTimeOut popConsumerFSServiceInit popConsumerKVServiceEnable
  popConsumerKVServiceInit popConsumerKVServiceLog popFromRetryProbability
  popInflightMessageThreshold popLongPollingForceNotifyInterval popPollingMapSize popPollingSize
  popResponseReturnActualRetryTopic popReviveMaxAttemptTimes popReviveMaxReturnSizePerRead
  preferredLeaderId printChannelGroups printChannelGroupsMinNum processReplyMessageThreadPoolNums
  pullBatchMaxMessageCount pullMessageThreadPoolNums pullThreadPoolQueueCapacity
  putConsumeQueueDataByFileChannel putMessageFutureThreadPoolNums putMessageTimeout
  putMsgIndexHightWater putThreadPoolQueueCapacity queryMessageThreadPoolNums
  queryThreadPoolQueueCapacity readUnCommitted realTimeNotifyConsumerChange
  realTimePersistRocksDBConfig recheckReputOffsetFromCq recoverConcurrently recoverThreadPoolNums
  redeleteHangedFileInterval rejectPullConsumerEnable rejectTransactionMessage
  replicasPerDiskPartition replyThreadPoolQueueCapacity retrieveMessageFromPopRetryTopicV1
  reviveAckWaitMs reviveInterval reviveMaxSlow reviveScanTime rocketmqHome
  rocksdbCQDoubleWriteEnable rocksdbCompressionType rocksdbFlushWalFrequency
  rocksdbWalFileRollingThreshold sampleCountThreshold sampleSteps
  scheduleAsyncDeliverMaxPendingLimit scheduleAsyncDeliverMaxResendNum2Blocked
  searchBcqByCacheEnable sendHeartbeatTimeoutMillis sendMessageThreadPoolNums
  sendThreadPoolQueueCapacity serverAsyncSemaphoreValue serverCallbackExecutorThreads
  serverLoadBalancerEnable serverNettyWorkerGroupEnable serverOnewaySemaphoreValue
  serverPooledByteBufAllocatorEnable serverSelectorThreads serverSocketBacklog
  serverSocketRcvBufSize serverSocketSndBufSize serverWorkerThreads shutdownWaitTimeSeconds
  skipPreOnline skipWhenCKRePutReachMaxTimes slaveTimeout socksProxyConfig
  spinLockCollisionRetreatOptimalDegree splitRegistrationSize statRocksDBCQIntervalSec
  storePathBrokerIdentity storePathDLedgerCommitLog storePathEpochFile subscriptionExpiredTimeout
  syncBrokerMemberGroupPeriod syncBrokerMetadataPeriod syncControllerMetadataPeriod
  syncFromLastFile syncMasterFlushOffsetWhenStartup timerCheckMetricsWhen
  timerColdDataCheckIntervalMs timerCongestNumEachSlot timerEnableCheckMetrics timerEnableDisruptor
  timerEnableRetryUntilSuccess timerFlushIntervalMs timerGetMessageThreadNum
  timerInterceptDelayLevel timerMaxDelaySec timerMetricSmallThreshold timerPrecisionMs
  timerProgressLogIntervalMs timerPutMessageThreadNum timerRollWindowSlot timerSkipUnknownError
  timerStopDequeue timerStopEnqueue timerWarmEnable topicQueueLockNum transactionCheckInterval
  transactionCheckMax transactionMetricFlushInterval transactionOpBatchInterval
  transactionOpMsgMaxSize transactionTimeOut transferMsgByHeap transientStorePoolEnable
  transientStorePoolSize travelCqFileNumWhenGetMessage updateNameServerAddrPeriod useABSLock
  useEpollNativeSelector usePIDColdCtrStrategy useReentrantLockWhenPutMessage useStaticSubscription
  waitTimeMillsInAckQueue waitTimeMillsInAdminBrokerQueue waitTimeMillsInHeartbeatQueue
  waitTimeMillsInLitePullQueue waitTimeMillsInPullQueue waitTimeMillsInSendQueue
  waitTimeMillsInTransactionQueue wakeCommitWhenPutMessage wakeFlushWhenPutMessage
  warmMapedFileEnable writeBufferHighWaterMark writeBufferLowWaterMark
`;

export const otherKeys: Elsewhere = {
  ignored: ignored.trim().split(/\s+/),
  refused,
};
