/**
 * Tells the members of a group that it has changed, so that they share the queues anew.
 *
 * A little later than it happens, and once for all changes until then: members come in crowds, and
 * a client that has just joined is not told before it has the answer to its heartbeat. Java's
 * holds a lock until then, and would drop the heartbeat that must follow the new sharing.
 */
import { clientRequests } from '../../protocol/mod.ts';
import type { Clock } from '../../runtime/mod.ts';
import type { BrokerConfig } from '../config.ts';
import type { ConsumerGroup } from './consumers.ts';
import type { SubscriptionGroups } from './subscription-groups.ts';

const DELAY_MS = 20;

export interface NoticeParts {
  readonly clock: Clock;
  readonly config: BrokerConfig;
  readonly groups: SubscriptionGroups;
}

export class MemberNotices {
  readonly #parts: NoticeParts;
  readonly #changed = new Set<ConsumerGroup>();

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  changed(group: ConsumerGroup): void {
    if (this.#changed.size === 0) this.#parts.clock.after(DELAY_MS, () => this.#tell());
    this.#changed.add(group);
  }

  #tell(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (!this.#parts.config.notifyConsumerIdsChangedEnable) return;
    for (const group of changed) if (this.#isTold(group)) notify(group);
  }

  /** Members of a broadcasting group share nothing. */
  #isTold({ name, messageModel }: ConsumerGroup): boolean {
    const isEnabled = this.#parts.groups.peek(name)?.notifyConsumerIdsChangedEnable ?? true;
    return messageModel !== 'BROADCASTING' && isEnabled;
  }
}

function notify({ name, members }: ConsumerGroup): void {
  for (const connection of members.keys()) {
    const { code } = clientRequests.NOTIFY_CONSUMER_IDS_CHANGED;
    connection.notify({ code, fields: { consumerGroup: name } });
  }
}
