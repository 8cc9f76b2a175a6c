/** What was sent, counted: plain additions per message, read by metrics and operators. */
import type { Topic } from '../topics/topic.ts';

/** Upper bounds of `rocketmq_message_size`; one more bucket is for what is larger. */
export const SIZE_BOUNDS: readonly number[] = [
  1024, 4096, 524_288, 1_048_576, 2_097_152, 4_194_304,
];

export class SendCounts {
  messages = 0;
  bytes = 0;
  refused = 0;

  stored(topic: Topic, bytes: number): void {
    this.messages++;
    this.bytes += bytes;
    topic.messagesIn++;
    topic.bytesIn += bytes;
    let bucket = 0;
    while (bucket < SIZE_BOUNDS.length && bytes > (SIZE_BOUNDS[bucket] ?? 0)) bucket++;
    topic.sizes[bucket] = (topic.sizes[bucket] ?? 0) + 1;
  }
}
