/**
 * Brokers that are to be taken out of the routes, gathered over a turn: when many go at once, all
 * topics are walked through once, not once for each.
 *
 * Bound: `capacity` brokers a turn. Who is refused stays until its liveness expires.
 */
import type { Clock } from '../runtime/mod.ts';
import type { BrokerIdentity, MinIdChange, Routes } from './routes.ts';

export class Unregistrations {
  readonly #clock: Clock;
  readonly #routes: Routes;
  readonly #capacity: number;
  readonly #onChange: (change: MinIdChange) => void;
  #waiting: BrokerIdentity[] = [];

  constructor(
    clock: Clock,
    routes: Routes,
    capacity: number,
    onChange: (change: MinIdChange) => void,
  ) {
    this.#clock = clock;
    this.#routes = routes;
    this.#capacity = capacity;
    this.#onChange = onChange;
  }

  /** False when there is no room. */
  submit(broker: BrokerIdentity): boolean {
    if (this.#waiting.length >= this.#capacity) return false;
    if (this.#waiting.push(broker) === 1) this.#clock.endOfTurn(() => this.#run());
    return true;
  }

  #run(): void {
    const brokers = this.#waiting;
    this.#waiting = [];
    for (const change of this.#routes.unregister(brokers)) this.#onChange(change);
  }
}
