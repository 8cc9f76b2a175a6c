/** Which queue a message goes to: each in turn, past those that had better not get it. */
import type { Random } from '../runtime/mod.ts';
import type { MessageQueue } from './message.ts';

export class QueueChoice {
  readonly #random: Random;
  readonly #next = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * The next queue of a broker that none of the sets has; when there is none, the sets are given up,
   * the last first. Undefined: there is no queue at all.
   */
  choose(
    queues: readonly MessageQueue[],
    ...avoided: readonly ReadonlySet<string>[]
  ): MessageQueue | undefined {
    const [first] = queues;
    if (first === undefined) return undefined;
    for (let sets = avoided.length; sets > 0; sets--) {
      const queue = this.#chooseOutside(queues, avoided.slice(0, sets));
      if (queue !== undefined) return queue;
    }
    return queues[this.#turn(first.topic, queues.length)];
  }

  #chooseOutside(
    queues: readonly MessageQueue[],
    avoided: readonly ReadonlySet<string>[],
  ): MessageQueue | undefined {
    for (let tries = 0; tries < queues.length; tries++) {
      const queue = queues[this.#turn(queues[0]?.topic ?? '', queues.length)];
      if (queue !== undefined && !avoided.some((set) => set.has(queue.brokerName))) return queue;
    }
    return undefined;
  }

  #turn(topic: string, count: number): number {
    const turn = this.#next.get(topic) ?? this.#random.below(count);
    this.#next.set(topic, (turn + 1) % 0x7fff_ffff);
    return turn % count;
  }
}
