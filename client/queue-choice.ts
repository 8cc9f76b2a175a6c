/** Which queue a message goes to: each in turn, another broker's after a failure. */
import type { Random } from '../runtime/mod.ts';
import type { MessageQueue } from './message.ts';

export class QueueChoice {
  readonly #random: Random;
  readonly #next = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** `avoided` has just failed: its queues are taken only when there are no others. */
  choose(queues: readonly MessageQueue[], avoided?: string): MessageQueue | undefined {
    const [first] = queues;
    if (first === undefined) return undefined;
    for (let tries = 0; tries < queues.length; tries++) {
      const queue = queues[this.#turn(first.topic, queues.length)];
      if (queue?.brokerName !== avoided) return queue;
    }
    return queues[this.#turn(first.topic, queues.length)];
  }

  #turn(topic: string, count: number): number {
    const turn = this.#next.get(topic) ?? this.#random.below(count);
    this.#next.set(topic, (turn + 1) % 0x7fff_ffff);
    return turn % count;
  }
}
