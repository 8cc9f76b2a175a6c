/**
 * How fast things went lately: totals are sampled every ten seconds, and rates are differences of
 * samples. Nothing is done per message.
 *
 * Bound: a few dozen samples for each total, and totals only of what exists.
 */
import type { Clock, Timer } from '../../runtime/mod.ts';

const SAMPLE_MS = 10_000;
/** Samples kept, and how many sampling rounds apart: a minute, an hour and a day, as RocketMQ has them. */
const SPANS = { minute: [7, 1], tenMinutes: [61, 1], hour: [7, 60], day: [25, 360] } as const;

export type Span = keyof typeof SPANS;

export interface Total {
  /** As RocketMQ calls the statistic: `TOPIC_PUT_NUMS`. */
  readonly name: string;
  /** What it is of: a topic, `topic@group`, the cluster. */
  readonly key: string;
  readonly value: number;
}

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

class History {
  readonly #spans: Readonly<Record<Span, Sample[]>> = {
    minute: [],
    tenMinutes: [],
    hour: [],
    day: [],
  };
  latest = 0;
  /** Totals at the last midnight and the one before. */
  readonly midnights: [number, number] = [0, 0];
  /** The sampling round it was last seen in. */
  round = 0;

  add(sample: Sample, round: number): void {
    this.latest = sample.value;
    this.round = round;
    for (const [span, [length, every]] of Object.entries(SPANS) as [
      Span,
      readonly [number, number],
    ][]) {
      const samples = this.#spans[span];
      if (samples.length > 0 && round % every !== 0) continue;
      samples.push(sample);
      if (samples.length > length) samples.shift();
    }
  }

  /** The newest sample of a span and the one `back` places before, or its first. */
  ends(span: Span, back: number): readonly [Sample, Sample] | undefined {
    const samples = this.#spans[span];
    const last = samples.at(-1);
    const first = samples[Math.max(0, samples.length - 1 - back)];
    return first === undefined || last === undefined || first === last ? undefined : [first, last];
  }
}

export interface Rate {
  readonly sum: number;
  readonly perSecond: number;
}

export class Statistics {
  readonly #clock: Clock;
  readonly #look: () => Iterable<Total>;
  readonly #histories = new Map<string, History>();
  #round = 0;
  #day: number | undefined;
  #timer: Timer | undefined;

  /** `look` names every total there is at this moment. */
  constructor(clock: Clock, look: () => Iterable<Total>) {
    this.#clock = clock;
    this.#look = look;
  }

  start(): void {
    this.sample();
    this.#timer = this.#clock.every(SAMPLE_MS, () => this.sample());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  sample(): void {
    const atMs = this.#clock.monotonicMs();
    this.#round++;
    const day = new Date(this.#clock.wallMs()).getDate();
    const isMidnight = this.#day !== undefined && day !== this.#day;
    this.#day = day;
    for (const { name, key, value } of this.#look()) {
      const id = idOf(name, key);
      const history = this.#histories.get(id) ?? new History();
      if (isMidnight) history.midnights.splice(0, 2, value, history.midnights[0]);
      history.add({ atMs, value }, this.#round);
      this.#histories.set(id, history);
    }
    for (const [id, { round }] of this.#histories) {
      if (round !== this.#round) this.#histories.delete(id);
    }
  }

  /** The total at the last midnight, or `back` midnights before; 0 when it was not running then. */
  atMidnight(name: string, key: string, back: 0 | 1): number {
    return this.#histories.get(idOf(name, key))?.midnights[back] ?? 0;
  }

  /** The rate over the last `back` samples of a span; undefined when the total is unknown. */
  rate(name: string, key: string, span: Span, back = Number.MAX_SAFE_INTEGER): Rate | undefined {
    const history = this.#histories.get(idOf(name, key));
    if (history === undefined) return undefined;
    const ends = history.ends(span, back);
    if (ends === undefined) return { sum: 0, perSecond: 0 };
    const [first, last] = ends;
    const sum = last.value - first.value;
    const seconds = (last.atMs - first.atMs) / 1000;
    return { sum, perSecond: seconds > 0 ? sum / seconds : 0 };
  }
}

function idOf(name: string, key: string): string {
  return `${name} ${key}`;
}
