/**
 * Options that every role has: where it is managed and how its metrics are shown. A role's table
 * takes them in with a spread.
 */
import { integer, oneOf, text } from './options.ts';

export const everyRole = {
  managementAddress: text({
    fallback: { says: '`bindAddress`', of: (known) => known.text('bindAddress') },
    doc: 'Address of the management port.',
  }),
  managementPort: integer({
    fallback: 8090,
    min: 0,
    max: 65_535,
    doc: 'Port of `/metrics`, `/livez` and `/readyz`; 0 takes any free one.',
  }),
  metricsExporterType: oneOf(['DISABLE', 'PROM'], {
    fallback: 'DISABLE',
    doc: '`PROM` serves `/metrics` on `metricsPromExporterPort` too, where the Java server has it.',
  }),
  metricsPromExporterHost: text({
    fallback: { says: '`bindAddress`', of: (known) => known.text('bindAddress') },
    doc: 'Address of the second `/metrics`.',
  }),
  metricsPromExporterPort: integer({
    fallback: 5557,
    min: 0,
    max: 65_535,
    doc: 'Port of the second `/metrics`.',
  }),
  metricsLabel: text({
    fallback: '',
    pattern: /^(?:[a-zA-Z_]\w*:[^,:]*(?:,[a-zA-Z_]\w*:[^,:]*)*)?$/,
    expected: 'label:value,label:value…',
    doc: 'Labels that every series gets.',
  }),
} as const;
