/**
 * A message's properties as one text: `name 0x01 value 0x02`, repeated.
 *
 * Reading is as lenient as RocketMQ's: the last separator may be missing, items without a name or
 * a value are skipped, and of equal names the last wins.
 */
export const NAME_SEPARATOR = 1;
export const PROPERTY_SEPARATOR = 2;

/** What a record's 16-bit length can say. */
export const PROPERTIES_BYTES_MAX = 32_767;

export type Properties = ReadonlyMap<string, string>;

export function parseProperties(source: string | Buffer): Map<string, string> {
  const text = typeof source === 'string' ? source : source.toString('utf8');
  const properties = new Map<string, string>();
  for (const item of text.split('\u0002')) {
    const separator = item.indexOf('\u0001');
    if (separator > 0 && separator < item.length - 1) {
      properties.set(item.slice(0, separator), item.slice(separator + 1));
    }
  }
  return properties;
}

export function formatProperties(properties: Properties): string {
  let text = '';
  for (const [name, value] of properties) text += `${name}\u0001${value}\u0002`;
  return text;
}
