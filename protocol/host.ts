/** An address and port as records and message ids hold them: 4 or 16 bytes, then an i32. */
import { Failure } from './failures.ts';

export interface Host {
  /** 4 bytes of IPv4 or 16 of IPv6. */
  readonly address: Buffer;
  readonly port: number;
}

export function hostBytes(isIpv6: boolean): 8 | 20 {
  return isIpv6 ? 20 : 8;
}

/** The address is a copy: hosts outlive the records they are read from. */
export function readHost(buffer: Buffer, position: number, bytes: 8 | 20): Host {
  const portAt = position + bytes - 4;
  return {
    address: Buffer.from(buffer.subarray(position, portAt)),
    port: buffer.readInt32BE(portAt),
  };
}

/** Returns the position after it. */
export function writeHost(buffer: Buffer, { address, port }: Host, position: number): number {
  address.copy(buffer, position);
  return buffer.writeInt32BE(port, position + address.length);
}

/** Text such as `10.0.0.1`, `2001:db8::1` or `::ffff:10.0.0.1` (which is IPv4) as bytes. */
export function parseIp(text: string): Buffer {
  const address = findIp(text);
  if (address !== undefined) return address;
  throw new Failure(
    'InvalidParameter',
    `Cannot use "${text}" as a host: expected an IPv4 or IPv6 address`,
  );
}

function findIp(text: string): Buffer | undefined {
  const mapped = /^::ffff:(\d[\d.]*)$/i.exec(text);
  const dotted = mapped?.[1] ?? text;
  if (dotted.includes(':')) return findIpv6(dotted);
  const parts = dotted.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? Buffer.from(bytes) : undefined;
}

function findIpv6(text: string): Buffer | undefined {
  const halves = text.replace(/%.*$/, '').split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...(head ?? []), ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const bytes = Buffer.alloc(16);
  groups.forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2));
  return bytes;
}

/** The address as text, for people and `ip:port` fields. IPv6 in its shortest form. */
export function formatIp(address: Buffer): string {
  if (address.length === 4) return [...address].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2));
  const text = groups.map((group) => group.toString(16)).join(':');
  const zeros = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map((match) => match[0]);
  const longest = zeros.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return text;
  const shortened = text.replace(longest, '::').replace(':::', '::');
  return shortened;
}
