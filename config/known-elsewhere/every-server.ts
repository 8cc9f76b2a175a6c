/**
 * Keys that the Java servers share through the classes their files fill: Netty's settings and the
 * metrics exporter's. None describes anything that exists here.
 */
import { keyList } from './lists.ts';

export const nettyServerKeys = keyList(`
  enableShutdownGracefully serverAsyncSemaphoreValue serverCallbackExecutorThreads
  serverNettyWorkerGroupEnable serverOnewaySemaphoreValue serverPooledByteBufAllocatorEnable
  serverSelectorThreads serverSocketBacklog serverSocketRcvBufSize serverSocketSndBufSize
  serverWorkerThreads shutdownWaitTimeSeconds useEpollNativeSelector writeBufferHighWaterMark
  writeBufferLowWaterMark
`);

export const nettyClientKeys = keyList(`
  channelNotActiveInterval clientAsyncSemaphoreValue clientCallbackExecutorThreads
  clientChannelMaxIdleTimeSeconds clientCloseSocketIfTimeout clientOnewaySemaphoreValue
  clientPooledByteBufAllocatorEnable clientSocketRcvBufSize clientSocketSndBufSize
  clientWorkerThreads connectTimeoutMillis disableCallbackExecutor disableNettyWorkerGroup
  enableReconnectForGoAway isScanAvailableNameSrv maxReconnectIntervalTimeSeconds
`);

/** Of the exporters that push: `metricsExporterType` itself refuses to choose one. */
export const metricsKeys = keyList(`
  metricGrpcExporterIntervalInMills metricGrpcExporterTimeOutInMills
  metricLoggingExporterIntervalInMills metricsGrpcExporterHeader metricsGrpcExporterTarget
  metricsInDelta metricsOtelCardinalityLimit
`);
