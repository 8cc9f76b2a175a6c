/** What operators ask the broker as a whole: settings, state, statistics, cleaning. */

import {
  ConfigError,
  formatAnswer,
  parseProperties,
  printConfig,
  updateConfig,
} from '../../config/mod.ts';
import {
  type brokerRequests,
  Double,
  Failure,
  printJson,
  printLegacy,
} from '../../protocol/mod.ts';
import type { Handlers } from '../../remoting/mod.ts';
import { type BrokerConfig, brokerSchema } from '../config.ts';
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
  readonly runtimeFacts: () => RuntimeFacts;
  /** Options that are different now, by name. */
  readonly onConfigChanged: (names: readonly string[]) => void;
  readonly cleaning: {
    /** Destroys queues of topics that are no more. */
    unusedTopics(): void;
    /** Removes what is past its time now, whatever the hour. */
    expired(): void;
  };
}

const SPAN_NAMES: Readonly<Record<string, Span>> = {
  statsMinute: 'minute',
  statsHour: 'hour',
  statsDay: 'day',
};
/** Keys that no request may change. */
const PROTECTED = ['configBlackList', 'brokerConfigPath', 'rocketmqHome'];

export function operationHandlers(
  parts: OperationParts,
): Pick<Handlers<typeof brokerRequests>, Names> {
  const { config, offsets, statistics, cleaning } = parts;
  return {
    UPDATE_BROKER_CONFIG: ({ body }) => {
      changeConfig(parts, body.toString());
      return {};
    },

    GET_BROKER_CONFIG: () => ({
      header: { version: printJson({ counter: 0, stateVersion: 0, timestamp: 0 }) },
      body: Buffer.from(formatAnswer(printConfig(brokerSchema, config))),
    }),

    GET_BROKER_RUNTIME_INFO: () => ({
      body: Buffer.from(printJson({ table: runtimeInfo(parts.runtimeFacts()) })),
    }),

    GET_ALL_CONSUMER_OFFSET: () => ({ body: Buffer.from(printJson(offsets.toJson())) }),

    GET_ALL_DELAY_OFFSET: () => ({ body: Buffer.from(printJson({ offsetTable: {} })) }),

    GET_ALL_MESSAGE_REQUEST_MODE: () => ({
      body: Buffer.from(printJson({ messageRequestModeMap: {} })),
    }),

    VIEW_BROKER_STATS_DATA: ({ header: { statsName, statsKey } }) => {
      const spans = Object.entries(SPAN_NAMES).map(([shown, span]) => {
        const rate = statistics.rate(statsName, statsKey, span);
        if (rate === undefined) {
          throw new Failure('InternalError', `The stats ${statsName} ${statsKey} not exist`);
        }
        const { sum, perSecond } = rate;
        return [shown, { sum, tps: new Double(perSecond), avgpt: new Double(0) }] as const;
      });
      return { body: Buffer.from(printLegacy(Object.fromEntries(spans))) };
    },

    CLEAN_EXPIRED_CONSUMEQUEUE: () => {
      cleaning.expired();
      return {};
    },
    CLEAN_UNUSED_TOPIC: () => {
      cleaning.unusedTopics();
      return {};
    },
    DELETE_EXPIRED_COMMITLOG: () => {
      cleaning.expired();
      return {};
    },
  };
}

function changeConfig({ config, onConfigChanged }: OperationParts, text: string): void {
  const { entries, malformed } = parseProperties(text);
  const [problem] = malformed;
  if (problem !== undefined)
    throw new Failure('InternalError', `Cannot read the settings: ${problem.message}`);
  if (entries.some(({ key }) => PROTECTED.includes(key))) {
    throw new Failure('NoPermission', 'Can not update config in black list.');
  }
  try {
    const changes = entries.map(({ key, value }) => [key, value] as const);
    onConfigChanged(updateConfig(brokerSchema, config, changes));
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure('InternalError', error.message);
    throw error;
  }
}
