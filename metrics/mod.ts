export { type Management, type ManagementOptions, serveManagement } from './management.ts';
export { type Instrument, type Labels, type Meter, meter, type Observed } from './meter.ts';
export { MetricsRegistry, parseLabels } from './registry.ts';
export { counter, gauge, histogram, type Kind, type Row, type Rows } from './rows.ts';
export type { CounterSeries, GaugeSeries, HistogramSeries } from './series.ts';
