/**
 * Whether the CRDs that are installed are as old as the operator, or older. It works with older ones
 * as far as that goes, but says what they lack and what helps: in the log, to probes and, once for
 * each object that it concerns, in an event.
 *
 * The API server tells the schemas of all kinds to everybody who has logged in, so no Role is needed;
 * where even that is forbidden nothing is known, and nothing is said. It is looked once a minute
 * whether they are others, and every few seconds while they are too old.
 */
import { type Clock, type Log, type Random, sleep } from '../../runtime/mod.ts';
import type { KindName } from '../api/kinds.ts';
import type { ApiServer } from './api-server.ts';
import { jittered } from './back-off.ts';
import { findDocumentPath, missingFields, OPENAPI_ROOT } from './crd-fields.ts';
import { APPLY_CRDS, KubeError } from './errors.ts';

export interface CrdParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly server: ApiServer;
}

/** Tells whom it concerns; false when that cannot be done yet, to be asked again. */
export type TellOlder = (kind: KindName, message: string) => boolean;

const LOOK_MS = 60_000;
const LOOK_OLD_MS = 5_000;
const JITTER = 0.2;
const FIELDS_SHOWN = 5;

export class InstalledCrds {
  readonly #parts: CrdParts;
  readonly #version: string;
  readonly #tell: TellOlder;
  #path: string | undefined;
  /** By kind, what is wrong with its CRD. */
  #older: ReadonlyMap<KindName, string> = new Map();
  readonly #told = new Set<KindName>();

  constructor(parts: CrdParts, version: string, tell: TellOlder) {
    this.#parts = parts;
    this.#version = version;
    this.#tell = tell;
  }

  /** What is wrong, a sentence a kind. */
  get problems(): readonly string[] {
    return [...this.#older.values()];
  }

  /** Resolves when `signal` is aborted; what it throws is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await this.#look(signal);
      } catch (error) {
        if (isOver()) return;
        // Nobody answers, or nobody may: what was known last is all that is known.
        if (!(error instanceof KubeError)) throw error;
      }
      this.#tellAll();
      const lookMs = this.#older.size > 0 ? LOOK_OLD_MS : LOOK_MS;
      await sleep(clock, jittered(random, lookMs, JITTER), signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const path = findDocumentPath(await this.#read(OPENAPI_ROOT, signal));
    if (path === undefined || path === this.#path) return;
    const missing = missingFields(await this.#read(path, signal));
    this.#path = path;
    this.#note(new Map([...missing].map(([kind, fields]) => [kind, this.#sentence(kind, fields)])));
  }

  #read(path: string, signal: AbortSignal): Promise<object> {
    return this.#parts.server.call({ method: 'GET', path, isRepeatable: true, signal });
  }

  #note(older: ReadonlyMap<KindName, string>): void {
    const { log } = this.#parts;
    for (const [kind, message] of older) {
      if (this.#older.get(kind) === message) continue;
      this.#told.delete(kind);
      log.warn('CRD older than the operator', { kind, message });
    }
    for (const kind of this.#older.keys()) {
      if (!older.has(kind)) log.info('CRD current again', { kind });
    }
    this.#older = older;
  }

  #tellAll(): void {
    for (const [kind, message] of this.#older) {
      if (!this.#told.has(kind) && this.#tell(kind, message)) this.#told.add(kind);
    }
  }

  #sentence(kind: KindName, fields: readonly string[]): string {
    const shown = fields.slice(0, FIELDS_SHOWN).join(', ');
    const more = fields.length > FIELDS_SHOWN ? ` and ${fields.length - FIELDS_SHOWN} more` : '';
    return `the CRD of ${kind} is older than the operator (${this.#version}) and lacks ${shown}${more}: ${APPLY_CRDS}`;
  }
}
