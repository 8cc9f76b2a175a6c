/**
 * The end of a turn of the event loop: where answers leave.
 *
 * Whoever writes into an outbox marks it; once all input of the turn has been handled, the owner's
 * `beforeAnswers` runs (a broker writes its log there), then every marked outbox is written, then
 * `afterAnswers` runs (queues take in what came) and what that marked is written.
 * One write a connection instead of one an answer is the largest single gain of the send path.
 */
import type { Clock } from '../runtime/mod.ts';

export interface Flushable {
  flush(): void;
  /** Goes on with input that was held back because too much output was waiting. */
  readOn(): void;
}

/** What else happens at the end of a turn. */
export interface TurnHooks {
  /** All input has been handled, nothing is written yet. */
  readonly beforeAnswers?: (() => void) | undefined;
  /** Answers have left; what this marks leaves too. */
  readonly afterAnswers?: (() => void) | undefined;
}

export class Turn {
  readonly #clock: Clock;
  readonly #hooks: TurnHooks;
  readonly #end: () => void;
  #marked: Flushable[] = [];
  #readingOn: Flushable[] = [];
  #scheduled = false;
  /** A hook is running: what it marks leaves in this turn and needs no end of its own. */
  #isEnding = false;

  constructor(clock: Clock, hooks: TurnHooks = {}) {
    this.#clock = clock;
    this.#hooks = hooks;
    this.#end = () => this.#finish();
  }

  /** `outbox` has something to write. Once per outbox and turn: the caller keeps track. */
  mark(outbox: Flushable): void {
    this.#marked.push(outbox);
    if (!this.#isEnding) this.schedule();
  }

  /** `outbox` has room again: its input goes on in the next turn. */
  readOn(outbox: Flushable): void {
    this.#readingOn.push(outbox);
    this.schedule();
  }

  /** There is an end of this turn, whether or not something is to be written. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.endOfTurn(this.#end);
  }

  #finish(): void {
    this.#scheduled = false;
    if (this.#readingOn.length > 0) {
      const readingOn = this.#readingOn;
      this.#readingOn = [];
      for (const outbox of readingOn) outbox.readOn();
    }
    this.#runAndFlush(this.#hooks.beforeAnswers);
    this.#runAndFlush(this.#hooks.afterAnswers);
  }

  #runAndFlush(hook: (() => void) | undefined): void {
    if (hook !== undefined) {
      this.#isEnding = true;
      hook();
      this.#isEnding = false;
    }
    const marked = this.#marked;
    if (marked.length === 0) return;
    this.#marked = [];
    for (const outbox of marked) outbox.flush();
  }
}
