/**
 * Which client may consume which queue in order: at most one at a time, for as long as it renews.
 * In memory only; after a restart clients lock again before they go on (`RebalanceLockManager`).
 */
import type { MessageQueue } from '../../protocol/bodies/mod.ts';
import type { Clock } from '../../runtime/mod.ts';

/** As long as a client may be silent before another one may take its queue. */
const LOCK_LIFE_MS = 60_000;

interface Lock {
  owner: string;
  renewedMs: number;
}

export class QueueLocks {
  readonly #clock: Clock;
  readonly #groups = new Map<string, Map<string, Lock>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes or renews what is free, expired or `owner`'s already; returns what `owner` now holds. */
  lock(group: string, queues: readonly MessageQueue[], owner: string): MessageQueue[] {
    const now = this.#clock.monotonicMs();
    const locks = this.#groups.get(group) ?? new Map<string, Lock>();
    this.#groups.set(group, locks);
    return queues.filter((queue) => {
      const lock = locks.get(keyOf(queue));
      if (lock !== undefined && lock.owner !== owner && !isExpired(lock, now)) return false;
      locks.set(keyOf(queue), { owner, renewedMs: now });
      return true;
    });
  }

  unlock(group: string, queues: readonly MessageQueue[], owner: string): void {
    const locks = this.#groups.get(group);
    if (locks === undefined) return;
    for (const queue of queues) {
      if (locks.get(keyOf(queue))?.owner === owner) locks.delete(keyOf(queue));
    }
    if (locks.size === 0) this.#groups.delete(group);
  }

  /** Whether some member of the group consumes in order at this moment. */
  holds(group: string): boolean {
    const now = this.#clock.monotonicMs();
    const locks = this.#groups.get(group);
    return locks !== undefined && [...locks.values()].some((lock) => !isExpired(lock, now));
  }

  /** Forgets what nobody renewed; called now and then so that the table stays bounded. */
  dropExpired(): void {
    const now = this.#clock.monotonicMs();
    for (const [group, locks] of this.#groups) {
      for (const [key, lock] of locks) if (isExpired(lock, now)) locks.delete(key);
      if (locks.size === 0) this.#groups.delete(group);
    }
  }
}

function isExpired(lock: Lock, now: number): boolean {
  return now - lock.renewedMs > LOCK_LIFE_MS;
}

function keyOf({ topic, brokerName, queueId }: MessageQueue): string {
  return `${topic}@${brokerName}@${queueId}`;
}
