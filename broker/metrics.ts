/** What `/metrics` shows of a broker: RocketMQ's names and labels, so that its dashboards work. */
import { counter, gauge, histogram, type Meter } from '../metrics/mod.ts';
import { requestMetrics } from '../remoting/mod.ts';

const message = ['topic', 'message_type', 'is_system'] as const;
const delivered = ['topic', 'consumer_group', 'is_system'] as const;
const lag = ['consumer_group', 'topic', 'is_retry', 'is_system'] as const;
const storage = ['storage_type', 'storage_medium'] as const;

export const brokerMetrics = {
  rocketmq_broker_permission: gauge('What clients may do here: 2 write, 4 read.'),
  rocketmq_topic_number: gauge('Topics.'),
  rocketmq_consumer_group_number: gauge('Consumer groups.'),
  rocketmq_processor_watermark: gauge('Requests that wait, by what they wait for.', ['processor']),
  rocketmq_messages_in_total: counter('Messages stored.', message),
  rocketmq_throughput_in_total: counter('Bytes of messages stored.', message),
  rocketmq_messages_out_total: counter('Messages delivered.', delivered),
  rocketmq_throughput_out_total: counter('Bytes of messages delivered.', delivered),
  rocketmq_message_size: histogram(
    'Bytes of a stored message.',
    [1024, 4096, 524_288, 1_048_576, 2_097_152, 4_194_304],
    message,
  ),
  rocketmq_producer_connections: gauge('Connected producers.', [
    'language',
    'version',
    'protocol_type',
  ]),
  rocketmq_consumer_connections: gauge('Connected consumers.', [
    'language',
    'version',
    'protocol_type',
    'consumer_group',
    'consume_mode',
    'is_system',
  ]),
  rocketmq_consumer_lag_messages: gauge('Messages not yet committed.', lag),
  rocketmq_consumer_lag_latency_milliseconds: gauge(
    'Age of the oldest message not yet committed.',
    lag,
  ),
  rocketmq_consumer_inflight_messages: gauge('Messages delivered and not yet committed.', lag),
  rocketmq_consumer_ready_messages: gauge('Messages not yet delivered.', lag),
  rocketmq_consumer_queueing_latency_milliseconds: gauge(
    'Age of the oldest message not yet delivered.',
    lag,
  ),
  ...requestMetrics,
  rocketmq_storage_size_bytes: gauge('Used space of the disk.', storage),
  rocketmq_storage_flush_behind_bytes: gauge('Bytes a power cut would cost.', storage),
  rocketmq_storage_dispatch_behind_bytes: gauge('Bytes consumers cannot see yet.', storage),
  rocketmq_storage_message_reserve_time_milliseconds: gauge('Age of the oldest message.', storage),
  gantry_disk_total_bytes: gauge('Size of the disk that the store is on.'),
  gantry_disk_free_bytes: gauge('Free space of the disk that the store is on.'),
  gantry_store_clean_failures_total: counter(
    'Times the disk refused to remove what has expired: the next pass tries again.',
  ),
  gantry_remoting_connections: gauge('Connections that are open.'),
  gantry_remoting_malformed_total: counter('Connections closed because of malformed input.'),
} as const;

export type BrokerMeter = Meter<typeof brokerMetrics>;
