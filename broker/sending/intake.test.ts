import { expect, test } from 'vitest';
import { simulated } from '../../simulation/mod.ts';
import type { LogOffset } from '../../store/mod.ts';
import { Intake, type SendLog } from './intake.ts';
import { SendAnswer } from './send-answer.ts';
import { SendCounts } from './send-counts.ts';

const at = (offset: number): LogOffset => offset as LogOffset;

/** A log written up to 100; says from where it was asked to take back. */
class Log implements SendLog {
  readonly writtenEnd = at(100);
  readonly appendedEnd: LogOffset;
  readonly takenBack: number[] = [];

  constructor(appendedEnd: number) {
    this.appendedEnd = at(appendedEnd);
  }

  append(): void {
    throw new Error('Nothing is appended here');
  }

  commit(): void {
    throw new Error('Nothing is committed here');
  }

  keepTogether(): void {
    throw new Error('No batch begins here');
  }

  takeBack(from: LogOffset): void {
    this.takenBack.push(from);
  }
}

/** From where the log is asked to take back, when half a batch that began at `from` is undone. */
function undone(from: number, appendedEnd: number): Promise<number[]> {
  return simulated(1, ({ clock }) => {
    const log = new Log(appendedEnd);
    const intake = new Intake({
      clock,
      log,
      answer: new SendAnswer({ storeHost: Buffer.alloc(8), region: 'here', traceOn: true }),
      counts: new SendCounts(() => {
        throw new Error('Nothing is counted here');
      }),
      isSyncFlush: false,
      syncFlushTimeoutMs: () => 5000,
      schedule: () => undefined,
    });
    intake.takeBack(at(from));
    return Promise.resolve(log.takenBack);
  });
}

test('half a batch that is only staged is taken back', async () => {
  expect(await undone(120, 150)).toEqual([120]);
});

test('half a batch that has been written is a bug', async () => {
  await expect(async () => undone(80, 150)).rejects.toThrow('nothing is written');
});

test('half a batch that a failed write has dropped is not taken back again', async () => {
  expect(await undone(120, 100)).toEqual([]);
});
