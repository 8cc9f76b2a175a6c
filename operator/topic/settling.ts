/** How long what is closed for writing stays so before it counts as closed. Pure. */

/** Producers look routes up every 30 s, and what they sent last is on its way for a few more. */
const SETTLE_MS = 60_000;

/** Since when it is closed, as the status says; from now on where the status says nothing of use. */
export function closedSinceMs(since: string | undefined, nowMs: number): number {
  const sinceMs = since === undefined ? Number.NaN : Date.parse(since);
  return Number.isNaN(sinceMs) ? nowMs : sinceMs;
}

export function isSettled(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= SETTLE_MS;
}
