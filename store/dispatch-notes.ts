/**
 * Notes a record that is now in the log for its queue and the index: the same for one that was just
 * appended and for one that recovery found.
 */
import { javaHashBytes } from '../protocol/mod.ts';
import type { Dispatch } from './dispatch.ts';
import { keyHash } from './message-index.ts';
import { NO_QUEUE } from './pending-ring.ts';
import type { PropertyWalk } from './property-walk.ts';
import { hasQueuePlace, isRolledBack } from './record-layout.ts';
import type { StoredTopic } from './stored-topic.ts';

const BLANK = 32;
/** RocketMQ's delay for a level it does not know. */
const UNKNOWN_LEVEL_DELAY_MS = 1000;

export interface DispatchNotesOptions {
  readonly isIndexed: boolean;
  /** Delay by level, from level 1 on: what a delayed message's tags code is computed from. */
  readonly delayLevelsMs: readonly number[];
}

/** Where the record lies; one object serves all. */
export class Placed {
  sysFlag = 0;
  logEnd = 0;
  size = 0;
  storeTimestamp = 0;
}

export class DispatchNotes {
  readonly #dispatch: Dispatch;
  readonly #options: DispatchNotesOptions;

  constructor(dispatch: Dispatch, options: DispatchNotesOptions) {
    this.#dispatch = dispatch;
    this.#options = options;
  }

  /** `queue` is the reference of its queue, `buffer` what `walk` was run over. */
  add(queue: number, topic: StoredTopic, placed: Placed, found: Found): void {
    const { pending } = this.#dispatch;
    const { buffer, walk } = found;
    pending.push(hasQueuePlace(placed.sysFlag) ? queue : NO_QUEUE, placed.logEnd, placed.size);
    pending.describe(this.#tagsCode(topic, placed.storeTimestamp, found), placed.storeTimestamp);
    if (!this.#options.isIndexed || isRolledBack(placed.sysFlag)) return;
    if (walk.uniqueKeyEnd > walk.uniqueKeyStart) {
      const hash = javaHashBytes(buffer, walk.uniqueKeyStart, walk.uniqueKeyEnd, topic.keyHashSeed);
      pending.pushKey(keyHash(hash));
    }
    if (walk.keysEnd > walk.keysStart) this.#noteKeys(topic, found);
  }

  /** The words of `KEYS`. */
  #noteKeys(topic: StoredTopic, { buffer, walk }: Found): void {
    const { pending } = this.#dispatch;
    let start = walk.keysStart;
    for (let position = start; position <= walk.keysEnd; position++) {
      if (position < walk.keysEnd && buffer[position] !== BLANK) continue;
      if (position > start) {
        pending.pushKey(keyHash(javaHashBytes(buffer, start, position, topic.keyHashSeed)));
      }
      start = position + 1;
    }
  }

  #tagsCode(topic: StoredTopic, storeTimestamp: number, { buffer, walk }: Found): number {
    if (topic.isDelayTopic && walk.delayLevel > 0) {
      const levels = this.#options.delayLevelsMs;
      const level = Math.min(walk.delayLevel, levels.length);
      return storeTimestamp + (levels[level - 1] ?? UNKNOWN_LEVEL_DELAY_MS);
    }
    return walk.tagsEnd > walk.tagsStart ? javaHashBytes(buffer, walk.tagsStart, walk.tagsEnd) : 0;
  }
}

/** A record's properties as they were walked. */
export interface Found {
  buffer: Buffer;
  readonly walk: PropertyWalk;
}
