/** What a sender is told when the store did not take the message. */
import { Failure, type FailureName, PROPERTIES_BYTES_MAX } from '../../protocol/mod.ts';
import type { AppendStatus } from '../../store/mod.ts';
import type { BrokerConfig } from '../config.ts';

type Refused = Exclude<AppendStatus, 'stored'>;

const refusals: Readonly<
  Record<Refused, readonly [FailureName, (config: BrokerConfig) => string]>
> = {
  notWritable: [
    'ServiceNotAvailable',
    (config) =>
      `service not available now: the disk of ${config.storePathRootDir} is more than ${config.diskSpaceWarningLevelRatio} % full or cannot be written to`,
  ],
  busy: ['SystemBusy', () => '[PC_SYNCHRONIZED]broker busy, start flow control for a while'],
  reserved: ['IllegalMessage', () => 'the message is illegal: it has a reserved property'],
  topicRemoved: ['TopicNotFound', () => 'the topic was just deleted'],
  topicTooLong: ['IllegalMessage', () => 'the message is illegal: its topic is too long'],
  bodyTooLarge: [
    'IllegalMessage',
    ({ maxMessageSize }) =>
      `the message is illegal: its body is larger than maxMessageSize, ${maxMessageSize} bytes`,
  ],
  propertiesTooLarge: [
    'IllegalMessage',
    () => `the message is illegal: its properties are larger than ${PROPERTIES_BYTES_MAX} bytes`,
  ],
  recordTooLarge: [
    'IllegalMessage',
    ({ maxMessageSize }) =>
      `the message is illegal: with its properties it is larger than maxMessageSize, ${maxMessageSize} bytes, allows`,
  ],
};

/** Throws for everything but `stored`. */
export function requirePutOk(status: AppendStatus, config: BrokerConfig): void {
  if (status === 'stored') return;
  const [name, remark] = refusals[status];
  throw new Failure(name, remark(config));
}
