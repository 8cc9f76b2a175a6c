/** What operators ask the broker as a whole: settings, state, statistics, cleaning. */

import { changeSettings, formatAnswer, printConfig } from '../../config/mod.ts';
import {
  brokerStats,
  consumerOffsetTable,
  dataVersion,
  delayOffsetTable,
  kvTable,
  requestModeTable,
} from '../../protocol/bodies/mod.ts';
import { type brokerRequests, Failure } from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import type { Runtime } from '../../runtime/mod.ts';
import type { MessageStore } from '../../store/mod.ts';
import { type BrokerConfig, brokerSchema } from '../config.ts';
import { noVersion } from '../metadata/data-version.ts';
import type { ConsumerOffsets } from '../offsets/consumer-offsets.ts';
import { type RuntimeFacts, runtimeInfo } from './runtime-info.ts';
import type { Span, Statistics } from './statistics.ts';

type Names =
  | 'UPDATE_BROKER_CONFIG'
  | 'GET_BROKER_CONFIG'
  | 'GET_BROKER_RUNTIME_INFO'
  | 'GET_ALL_CONSUMER_OFFSET'
  | 'GET_ALL_DELAY_OFFSET'
  | 'GET_ALL_MESSAGE_REQUEST_MODE'
  | 'VIEW_BROKER_STATS_DATA'
  | 'CLEAN_EXPIRED_CONSUMEQUEUE'
  | 'CLEAN_UNUSED_TOPIC'
  | 'DELETE_EXPIRED_COMMITLOG';

export interface OperationParts {
  readonly config: BrokerConfig;
  readonly offsets: ConsumerOffsets;
  readonly statistics: Statistics;
  readonly state: () => RuntimeFacts;
  /** Options that are different now, by name. */
  readonly onConfigChanged: (names: readonly string[]) => void;
  readonly store: Pick<MessageStore, 'clean'>;
  /** Destroys queues of topics that are no more. */
  readonly removeUnusedTopics: () => void;
  readonly runtime: Runtime;
  readonly configFile: string | undefined;
}

/** Keys that no request may change. */
const PROTECTED = ['configBlackList', 'brokerConfigPath', 'rocketmqHome'];

export function operationHandlers(
  parts: OperationParts,
): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, offsets, statistics, store } = parts;
  return {
    UPDATE_BROKER_CONFIG: ({ body }) => {
      changeConfig(parts, body.toString());
      return {};
    },

    GET_BROKER_CONFIG: () => ({
      header: { version: dataVersion.encode(noVersion).toString() },
      body: Buffer.from(formatAnswer(printConfig(brokerSchema, config))),
    }),

    GET_BROKER_RUNTIME_INFO: () => ({
      body: kvTable.encode({ table: new Map(Object.entries(runtimeInfo(parts.state()))) }),
    }),

    GET_ALL_CONSUMER_OFFSET: () => ({
      body: consumerOffsetTable.encode(offsets.toBody()),
    }),

    GET_ALL_DELAY_OFFSET: () => ({
      body: delayOffsetTable.encode({ dataVersion: noVersion, offsetTable: new Map() }),
    }),

    GET_ALL_MESSAGE_REQUEST_MODE: () => ({
      body: requestModeTable.encode({ messageRequestModeMap: new Map() }),
    }),

    VIEW_BROKER_STATS_DATA: ({ header: { statsName, statsKey } }) => {
      const rateOf = (span: Span) => {
        const rate = statistics.rate(statsName, statsKey, span);
        if (rate !== undefined) return { sum: rate.sum, tps: rate.perSecond, avgpt: 0 };
        throw new Failure('InternalError', `The stats ${statsName} ${statsKey} not exist`);
      };
      const answer = {
        statsMinute: rateOf('minute'),
        statsHour: rateOf('hour'),
        statsDay: rateOf('day'),
      };
      return { body: brokerStats.encode(answer) };
    },

    CLEAN_EXPIRED_CONSUMEQUEUE: () => {
      store.clean(true);
      return {};
    },
    CLEAN_UNUSED_TOPIC: () => {
      parts.removeUnusedTopics();
      return {};
    },
    DELETE_EXPIRED_COMMITLOG: () => {
      store.clean(true);
      return {};
    },
  };
}

const REFUSALS = {
  malformed: 'InternalError',
  forbidden: 'NoPermission',
  wrong: 'InvalidParameter',
} as const;

function changeConfig(parts: OperationParts, text: string): void {
  const { config, configFile, runtime, onConfigChanged } = parts;
  const { disk, log } = runtime;
  const blackList = [...PROTECTED, ...config.configBlackList.split(';')];
  const outcome = changeSettings(brokerSchema, config, text, { disk, file: configFile, blackList });
  if ('refused' in outcome) throw new Failure(REFUSALS[outcome.refused], outcome.message);
  const { changed, unkept } = outcome;
  if (changed.length === 0) return;
  log.info('Settings changed', { changed });
  if (unkept !== undefined) log.warn('Settings hold until a restart', { changed, unkept });
  onConfigChanged(changed);
}
