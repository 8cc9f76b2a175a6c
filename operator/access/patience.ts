/**
 * How long an answer of a process is waited for. Whoever asks holds up other work meanwhile: of one
 * that was silent less is expected, until it answers, and now and then as much as of any other, for
 * it may have become slow.
 */

const PATIENCE_MS = 2_000;
const PATIENCE_WITH_SILENT_MS = 500;
/** Every so many times. */
const FULL_EVERY = 10;
/** The one that fell silent first is forgotten, and has all patience again. */
const SILENT_MAX = 1_000;

export class Patience {
  /** How often each has been silent since it answered last. */
  readonly #silences = new Map<string, number>();

  ofMs(address: string): number {
    const silences = this.#silences.get(address) ?? 0;
    return silences % FULL_EVERY === 0 ? PATIENCE_MS : PATIENCE_WITH_SILENT_MS;
  }

  answered(address: string): void {
    this.#silences.delete(address);
  }

  wasSilent(address: string): void {
    this.#silences.set(address, (this.#silences.get(address) ?? 0) + 1);
    if (this.#silences.size <= SILENT_MAX) return;
    for (const first of this.#silences.keys()) {
      this.#silences.delete(first);
      return;
    }
  }
}
