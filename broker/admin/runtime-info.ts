/**
 * What the broker says of itself to tools and dashboards: texts under RocketMQ's keys. Clients
 * parse some of them, so every key they know is there, also where it means nothing here.
 */
import type { DiskSpace } from '../../runtime/mod.ts';
import type { PullCounts } from '../pulling/pull-counts.ts';
import type { SendCounts } from '../sending/send-counts.ts';
import type { Statistics } from './statistics.ts';

export interface RuntimeFacts {
  readonly storePath: string;
  readonly bootMs: number;
  readonly nowMs: number;
  readonly isWritable: boolean;
  readonly startAcceptMs: number;
  readonly sent: SendCounts;
  readonly delivered: PullCounts;
  readonly cluster: string;
  readonly statistics: Statistics;
  readonly log: {
    readonly minOffset: number;
    readonly appendedEnd: number;
    readonly flushedEnd: number;
    readonly dispatchBehindBytes: number;
    /** Store time of the oldest message; -1 when there is none. */
    readonly earliestMs: number;
  };
  readonly space: DiskSpace;
}

const RATES: Readonly<Record<string, string>> = {
  putTps: 'BROKER_PUT_NUMS',
  getFoundTps: 'BROKER_FOUND',
  getMissTps: 'BROKER_MISSED',
  getTotalTps: 'BROKER_PULLS',
  getTransferredTps: 'BROKER_GET_NUMS',
};
/** Samples back for 10 s, 60 s and 600 s. */
const WINDOWS = [1, 6, 60];
const POOLS = ['send', 'pull', 'litePull', 'query', 'ack'];

export function runtimeInfo(facts: RuntimeFacts): Record<string, string> {
  return { ...identity(facts), ...totals(facts), ...rates(facts), ...storage(facts), ...absent() };
}

function identity({ bootMs, nowMs, isWritable, startAcceptMs }: RuntimeFacts) {
  return {
    brokerActive: String(isWritable),
    brokerVersion: '479',
    brokerVersionDesc: 'V5_3_3',
    bootTimestamp: String(bootMs),
    runtime: duration(nowMs - bootMs),
    startAcceptSendRequestTimeStamp: String(startAcceptMs),
  };
}

function totals({ sent, delivered, statistics, cluster }: RuntimeFacts) {
  const average = sent.messages === 0 ? 0 : sent.bytes / sent.messages;
  return {
    putMessageTimesTotal: String(sent.messages),
    putMessageFailedTimes: String(sent.refused),
    putMessageSizeTotal: String(sent.bytes),
    putMessageAverageSize: double(average),
    msgPutTotalYesterdayMorning: String(statistics.atMidnight('BROKER_PUT_NUMS', cluster, 1)),
    msgPutTotalTodayMorning: String(statistics.atMidnight('BROKER_PUT_NUMS', cluster, 0)),
    msgPutTotalTodayNow: String(sent.messages),
    msgGetTotalYesterdayMorning: String(statistics.atMidnight('BROKER_GET_NUMS', cluster, 1)),
    msgGetTotalTodayMorning: String(statistics.atMidnight('BROKER_GET_NUMS', cluster, 0)),
    msgGetTotalTodayNow: String(delivered.messages),
  };
}

function rates({ statistics, cluster }: RuntimeFacts) {
  const entries = Object.entries(RATES).map(([key, name]) => {
    const windows = WINDOWS.map((back) => {
      return double(statistics.rate(name, cluster, 'tenMinutes', back)?.perSecond ?? 0);
    });
    return [key, windows.join(' ')] as const;
  });
  return Object.fromEntries(entries);
}

function storage({ log, space, storePath, nowMs }: RuntimeFacts) {
  const { totalBytes, freeBytes } = space;
  const ratio = totalBytes === 0 ? '-1' : ((totalBytes - freeBytes) / totalBytes).toFixed(4);
  return {
    commitLogMinOffset: String(log.minOffset),
    commitLogMaxOffset: String(log.appendedEnd),
    commitLogDiskRatio: ratio,
    [`commitLogDiskRatio_${storePath}/commitlog`]: ratio,
    consumeQueueDiskRatio: ratio,
    commitLogDirCapacity: `Total : ${size(totalBytes)}, Free : ${size(freeBytes)}.`,
    dispatchBehindBytes: String(log.dispatchBehindBytes),
    remainHowManyDataToFlush: size(log.appendedEnd - log.flushedEnd),
    earliestMessageTimeStamp: String(log.earliestMs < 0 ? nowMs : log.earliestMs),
  };
}

/** What only RocketMQ has: thread pools, mapped pages, a timer that is not here yet. */
function absent() {
  const pools = POOLS.flatMap((pool) => [
    [`${pool}ThreadPoolQueueSize`, '0'],
    [`${pool}ThreadPoolQueueCapacity`, '10000'],
    [`${pool}ThreadPoolQueueHeadWaitTimeMills`, '0'],
  ]);
  return {
    ...Object.fromEntries(pools),
    EndTransactionQueueSize: '0',
    EndTransactionThreadPoolQueueCapacity: '100000',
    dispatchMaxBuffer: '0',
    pageCacheLockTimeMills: '0',
    remainTransientStoreBufferNumbs: '0',
    putMessageEntireTimeMax: '0',
    getMessageEntireTimeMax: '0',
    putMessageDistributeTime: 'null',
    putLatency99: '0.00',
    putLatency999: '0.00',
    timerReadBehind: '0',
    timerOffsetBehind: '0',
    timerCongestNum: '0',
    timerEnqueueTps: '0.0',
    timerDequeueTps: '0.0',
  };
}

/** A number as Java prints doubles: never without a fraction. */
function double(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `[ ${days} days, ${hours} hours, ${minutes} minutes, ${seconds % 60} seconds ]`;
}
