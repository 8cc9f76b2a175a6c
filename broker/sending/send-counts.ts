/** What was sent, counted: plain additions per message, read by metrics and operators. */
import type { HistogramSeries } from '../../metrics/mod.ts';
import type { Topic } from '../topics/topic.ts';

export class SendCounts {
  messages = 0;
  bytes = 0;
  refused = 0;
  readonly #sizesOf: (topic: Topic) => HistogramSeries;

  /** `sizesOf` gives a topic's series, when the first message of the topic comes. */
  constructor(sizesOf: (topic: Topic) => HistogramSeries) {
    this.#sizesOf = sizesOf;
  }

  stored(topic: Topic, bytes: number): void {
    this.messages++;
    this.bytes += bytes;
    topic.messagesIn++;
    topic.bytesIn += bytes;
    topic.sizes ??= this.#sizesOf(topic);
    topic.sizes.observe(bytes);
  }
}
