/** Every total that rates are made of. */
import type { BrokerConfig } from '../config.ts';
import type { PullCounts } from '../pulling/pull-counts.ts';
import type { SendCounts } from '../sending/send-counts.ts';
import type { Topics } from '../topics/topics.ts';
import type { Total } from './statistics.ts';

export interface Counted {
  readonly config: BrokerConfig;
  readonly topics: Topics;
  readonly sent: SendCounts;
  readonly delivered: PullCounts;
}

export function* totals({ config, topics, sent, delivered }: Counted): Generator<Total> {
  const { brokerClusterName } = config;
  yield { name: 'BROKER_PUT_NUMS', key: brokerClusterName, value: sent.messages };
  yield { name: 'BROKER_GET_NUMS', key: brokerClusterName, value: delivered.messages };
  yield { name: 'BROKER_FOUND', key: brokerClusterName, value: delivered.found };
  yield { name: 'BROKER_MISSED', key: brokerClusterName, value: delivered.missed };
  const pulls = delivered.found + delivered.missed;
  yield { name: 'BROKER_PULLS', key: brokerClusterName, value: pulls };
  for (const { name, messagesIn, bytesIn } of topics.all()) {
    if (messagesIn === 0) continue;
    yield { name: 'TOPIC_PUT_NUMS', key: name, value: messagesIn };
    yield { name: 'TOPIC_PUT_SIZE', key: name, value: bytesIn };
  }
  for (const { topic, group, messages, bytes } of delivered.all()) {
    yield { name: 'GROUP_GET_NUMS', key: `${topic}@${group}`, value: messages };
    yield { name: 'GROUP_GET_SIZE', key: `${topic}@${group}`, value: bytes };
  }
}
