/**
 * One broker process from start to stop with the chosen parts run against it. Every load's totals
 * are compared: what was sent was answered, and what was accepted is in the store.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from './figures.ts';
import { othersCpuSeconds, settleDisk, settleMemory } from './machine.ts';
import {
  type PartName,
  parts,
  type Run,
  type Size,
  sessions,
  type Totals,
  warmUp,
} from './parts.ts';
import { type Bench, onlySends, type SideName, startSide, storedByQueue } from './sides.ts';

export interface SessionPlan {
  readonly session: keyof typeof sessions;
  readonly side: SideName;
  readonly parts: readonly PartName[];
  readonly size: Size;
  readonly folder: string;
}

export interface SessionResult {
  readonly figures: Figures;
  /** What did not agree, one sentence each; empty when all did. */
  readonly disagreements: readonly string[];
}

export async function runSession(plan: SessionPlan): Promise<SessionResult> {
  const folder = join(plan.folder, 'run');
  const disagreements: string[] = [];
  const figures: Figures = {};
  try {
    await using bench = await startSide(plan.side, sessions[plan.session], folder);
    const loads: Totals[] = [];
    const run: Run = {
      bench,
      size: plan.size,
      folder: plan.folder,
      ran: (load) => loads.push(load),
    };
    const stored = async (): Promise<number> =>
      onlySends(plan.side) ? NaN : (await storedByQueue(bench.address)).reduce((a, b) => a + b);
    let isWarm = false;
    for (const part of plan.parts) {
      if (part !== 'start' && !isWarm) {
        await warmUp(run);
        isWarm = true;
      }
      settleDisk();
      if (!plan.size.brief) await settleMemory();
      loads.length = 0;
      const before = await stored();
      const others = await besides(bench, async () => {
        Object.assign(figures, await parts[part].run(run));
      });
      const accepted = loads.reduce((sum, load) => sum + load.accepted, 0);
      disagreements.push(
        ...loads
          .filter((load) => load.sent !== load.answered)
          .map((load) => `${label(plan, part)}: sent ${load.sent}, answered ${load.answered}`),
        ...(await lacking(stored, before + accepted)).map(
          (text) => `${label(plan, part)}: ${text}`,
        ),
      );
      console.log(
        `  ${label(plan, part)}: ${loads.length} loads, ${accepted} accepted; other processes used ${Math.round(others * 100)} % of a core`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { figures, disagreements };
}

const label = (plan: SessionPlan, part: PartName): string => `${plan.side} ${part}`;

/** Cores that were busy with neither broker nor load while `body` ran: a disturbed run shows. */
async function besides({ pid }: Bench, body: () => Promise<void>): Promise<number> {
  // Loads are children of this process, and count as its own once they have ended.
  const ours = new Set([pid, process.pid]);
  const startedMs = performance.now();
  const before = othersCpuSeconds(ours);
  await body();
  const seconds = (performance.now() - startedMs) / 1000;
  return Math.max(0, othersCpuSeconds(ours) - before) / seconds;
}

/** Consume queues follow the log a moment later: waits for them, then says what is missing. */
async function lacking(stored: () => Promise<number>, expected: number): Promise<string[]> {
  if (Number.isNaN(expected)) return [];
  const deadline = performance.now() + 20_000;
  for (;;) {
    const count = await stored();
    if (count === expected) return [];
    const isFinal = count > expected || performance.now() > deadline;
    if (isFinal) return [`accepted ${expected} in all, stored ${count}`];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
