/** Everything the benchmark measures: its name in the table, its unit, and what is wanted of it. */

export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  /** The goal beside the Java broker or in itself, as text. */
  readonly wanted?: string;
}

const rate = (title: string, wanted?: string): Figure => ({
  title,
  unit: 'msg/s',
  digits: 0,
  ...(wanted === undefined ? {} : { wanted }),
});
const latency = (title: string, wanted?: string): Figure => ({
  title,
  unit: 'ms',
  digits: 2,
  ...(wanted === undefined ? {} : { wanted }),
});
const cpu = (title: string, wanted?: string): Figure => ({
  title,
  unit: 'µs',
  digits: 2,
  ...(wanted === undefined ? {} : { wanted }),
});
const memory = (title: string, wanted?: string): Figure => ({
  title,
  unit: 'MiB',
  digits: 0,
  ...(wanted === undefined ? {} : { wanted }),
});

export const figures = {
  ready: { title: 'start to first accepted send', unit: 'ms', digits: 0, wanted: '≤ 150 ms' },
  cold: rate('the first 3 seconds, 1 × 64'),
  idleResident: memory('memory idle, resident', '≤ 80 MiB'),
  idleAnonymous: memory('memory idle, anonymous'),
  send64: rate('send 1 × 64', '≥ 4×'),
  send64Cpu: cpu('  CPU a message', '≤ 0.2×'),
  send64P99: latency('  p99'),
  send256: rate('send 16 × 16', '≥ 5×'),
  send256Cpu: cpu('  CPU a message', '≤ 0.2×'),
  send256P99: latency('  p99'),
  binary64: rate('send 1 × 64, binary header'),
  binary256: rate('send 16 × 16, binary header'),
  open20Rate: rate('open loop 20,000/s: accepted'),
  open20P50: latency('  p50'),
  open20P99: latency('  p99'),
  open20P999: latency('  p99.9'),
  open20Cpu: cpu('  CPU a message'),
  open50Rate: rate('open loop 50,000/s: accepted'),
  open50P50: latency('  p50'),
  open50P99: latency('  p99', '≤ 1 ms'),
  open50P999: latency('  p99.9'),
  open50Cpu: cpu('  CPU a message'),
  pull: rate('pull of a backlog, 8 × 4'),
  pullCpu: cpu('  CPU a message'),
  loadedResident: memory('memory loaded, resident'),
  loadedAnonymous: memory('memory loaded, anonymous'),
  sync64: rate('SYNC_FLUSH send 1 × 64'),
  sync64P99: latency('  p99'),
  sync256: rate('SYNC_FLUSH send 16 × 16'),
  sync256P99: latency('  p99'),
  client64: rate('Java client 1 × 64'),
  client64P99: latency('  p99'),
  client64Cpu: cpu('  CPU of the broker a message'),
  client256: rate('Java client 16 × 16'),
  client256P99: latency('  p99'),
  clientOpenP99: latency('Java client open loop 5,000/s: p99'),
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof figures;
export type Figures = Partial<Record<FigureName, number>>;
