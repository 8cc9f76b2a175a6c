/**
 * The address that a role tells others when its configuration names none: IPv4 first, which every
 * client of RocketMQ can reach, then IPv6, then this machine alone.
 */
import type { NetworkInterfaceInfo } from 'node:os';

const LOOPBACK = '127.0.0.1';
/** `fe80::/10`: means something on one link only, and nothing without the name of the interface. */
const LINK_LOCAL = /^fe[89ab]/i;

type Interface = Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>;

export function ownAddress(
  interfaces: Readonly<Record<string, readonly Interface[] | undefined>>,
): string {
  const reachable = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, internal }) => !internal && !LINK_LOCAL.test(address));
  const found =
    reachable.find(({ family }) => family === 'IPv4') ??
    reachable.find(({ family }) => family === 'IPv6');
  return found?.address ?? LOOPBACK;
}
