/**
 * Brokers that messages had better not go to: those that could not be reached, until they answer
 * again, and those that are asked for something and have said nothing for a while. Who could not be
 * reached is asked again by a request of its own, so that no message is spent on finding out.
 *
 * Bound: the brokers that calls went to and failed; one that no route has any more is forgotten.
 */
import { RemoteRefusal } from '../remoting/mod.ts';
import { type Clock, NetworkError, type Timer } from '../runtime/mod.ts';

/** Longer than a healthy broker takes for any answer, shorter than senders want to wait. */
const SILENCE_MS = 500;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 1_000;

export interface BrokerQuestions {
  /** Whether a broker is at `address` as far as routes say. */
  isWanted(address: string): boolean;
  /** Asks it for anything: whether there is an answer. */
  answers(address: string): Promise<boolean>;
}

/** Calls under way to one broker. */
interface Debt {
  calls: number;
  /** When it last answered, or else when it was first asked. */
  heardMs: number;
}

export class DoubtfulBrokers {
  readonly #clock: Clock;
  readonly #questions: BrokerQuestions;
  readonly #debts = new Map<string, Debt>();
  /** Those that could not be reached, with the timer of the next question. */
  readonly #lost = new Map<string, Timer>();
  #isClosed = false;

  constructor(clock: Clock, questions: BrokerQuestions) {
    this.#clock = clock;
    this.#questions = questions;
  }

  has(address: string): boolean {
    if (this.#lost.has(address)) return true;
    const debt = this.#debts.get(address);
    return debt !== undefined && this.#clock.monotonicMs() - debt.heardMs > SILENCE_MS;
  }

  /** Resolves and rejects as `call` does, and learns from it. */
  async during<T>(address: string, call: Promise<T>): Promise<T> {
    const debt = this.#debts.get(address) ?? { calls: 0, heardMs: this.#clock.monotonicMs() };
    this.#debts.set(address, debt);
    debt.calls++;
    try {
      const result = await call;
      this.#hear(address, debt);
      return result;
    } catch (error) {
      if (error instanceof RemoteRefusal) this.#hear(address, debt);
      this.#blame(address, error);
      throw error;
    } finally {
      debt.calls--;
      if (debt.calls === 0) this.#debts.delete(address);
    }
  }

  /** The same for what is not answered: that it left says nothing. */
  async unanswered(address: string, leaving: Promise<void>): Promise<void> {
    try {
      await leaving;
    } catch (error) {
      this.#blame(address, error);
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#lost.values()) timer.cancel();
    this.#lost.clear();
  }

  #hear(address: string, debt: Debt): void {
    debt.heardMs = this.#clock.monotonicMs();
    this.#find(address);
  }

  #find(address: string): void {
    this.#lost.get(address)?.cancel();
    this.#lost.delete(address);
  }

  #blame(address: string, error: unknown): void {
    if (error instanceof NetworkError) this.#lose(address, PAUSE_MS_MIN);
  }

  #lose(address: string, pauseMs: number): void {
    if (this.#isClosed || this.#lost.has(address)) return;
    const timer = this.#clock.after(pauseMs, () => void this.#askAgain(address, pauseMs));
    this.#lost.set(address, timer);
  }

  async #askAgain(address: string, pauseMs: number): Promise<void> {
    if (!this.#questions.isWanted(address)) {
      this.#find(address);
      return;
    }
    const asked = this.#lost.get(address);
    const isThere = await this.#questions.answers(address);
    // A message may have got through meanwhile, and another have failed.
    if (this.#lost.get(address) !== asked) return;
    this.#find(address);
    if (!isThere) this.#lose(address, Math.min(pauseMs * 2, PAUSE_MS_MAX));
  }
}
