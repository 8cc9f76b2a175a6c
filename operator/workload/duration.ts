/** Durations as a manifest has them: `30s`, `10m`, `1h30m`. */

const FACTORS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

export function parseDurationMs(text: string): number {
  if (text === '0') return 0;
  let totalMs = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h)/g)) {
    totalMs += Number(count) * (FACTORS[unit] ?? 0);
  }
  return totalMs;
}
