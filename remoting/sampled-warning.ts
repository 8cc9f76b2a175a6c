/**
 * A warning that a peer can cause as often as it likes: logged at most once in `PERIOD_MS`, with
 * how often it happened in between. What happened is counted elsewhere; this only tells people.
 */
import type { Facts, Runtime } from '../runtime/mod.ts';

const PERIOD_MS = 10_000;

export class SampledWarning {
  readonly #runtime: Pick<Runtime, 'clock' | 'log'>;
  readonly #sentence: string;
  #nextMs = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(runtime: Pick<Runtime, 'clock' | 'log'>, sentence: string) {
    this.#runtime = runtime;
    this.#sentence = sentence;
  }

  /** `facts` are of the last of them. */
  raise(facts: Facts): void {
    this.#unlogged++;
    const nowMs = this.#runtime.clock.monotonicMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + PERIOD_MS;
    this.#runtime.log.warn(this.#sentence, { times: this.#unlogged, ...facts });
    this.#unlogged = 0;
  }
}
