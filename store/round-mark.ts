/**
 * What a round of writing behind will have made durable: noted before anything is written, named in
 * the checkpoint when all of it is. Log below a mark is never walked through again.
 */
import type { Checkpoint } from './checkpoint.ts';
import type { Dispatch } from './dispatch.ts';
import { endTimeOf, type IndexMark, type MessageIndex } from './message-index.ts';
import type { Queues } from './queues.ts';

export interface RoundMark {
  readonly logOffset: number;
  readonly timeMs: number;
  readonly index: IndexMark | undefined;
}

export interface MarkParts {
  readonly checkpoint: Checkpoint;
  readonly dispatch: Dispatch;
  readonly queues: Queues;
  readonly index: MessageIndex | undefined;
}

/** Where dispatch stands. */
export function takeMark({ checkpoint, dispatch, index }: MarkParts): RoundMark {
  index?.writeEntries();
  return {
    logOffset: dispatch.end,
    timeMs: Math.max(dispatch.lastTimestamp, checkpoint.newestMs),
    index: index?.mark(),
  };
}

/** The checkpoint's file is written when it is synced. */
export function setMark(
  { checkpoint, queues }: MarkParts,
  { logOffset, timeMs, index }: RoundMark,
): void {
  checkpoint.set(
    {
      logMs: timeMs,
      queueMs: timeMs,
      indexMs: index === undefined ? 0 : endTimeOf(index),
      confirmedOffset: logOffset,
    },
    { logOffset, topics: queues.countFolders(), index },
  );
}
