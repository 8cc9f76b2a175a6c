/**
 * Where each pod is on this machine. Where the system lets any 127.x.y.z be bound, a pod has a
 * loopback address of its own and the ports of its container; elsewhere all are on 127.0.0.1 with
 * ports of their own. What was given once stays: clients and stores remember addresses. Pure.
 */
import { createHash } from 'node:crypto';
import type { Address } from '../../runtime/mod.ts';
import type { Pod } from './pods.ts';

export interface PodNetwork {
  /** The pod's own address: what the kubelet would tell it and where it is probed. */
  readonly address: string;
  /** Where it serves clients; the pod's own address but for the first name server. */
  readonly host: string;
  /** The port of this machine for each port of the container. */
  readonly ports: Readonly<Record<number, number>>;
}

export type Networks = Readonly<Record<string, PodNetwork>>;

export interface Surroundings {
  /** `127.x.y`, where addresses of its own can be had. */
  readonly prefix?: string | undefined;
  /** Where ports of its own are tried, one after another, when there is no prefix. */
  readonly firstPort: number;
  readonly before: Networks;
}

/** Ports below and above a broker's own serve other listeners of it. */
const PORTS_PER_POD = 10;
const NAME_SERVER_PORT = 9876;

/** A place in 127/8 that other clusters of this machine will hardly have too. */
export function loopbackPrefix(folder: string): string {
  const [first = 0, second = 0] = createHash('sha256').update(folder).digest();
  return `127.${64 + (first % 64)}.${second}`;
}

/** Above RocketMQ's own ports and below those that the system gives to clients. */
export function firstLocalPort(folder: string): number {
  const hash = createHash('sha256').update(folder).digest().readUInt16BE(0);
  return 20_000 + (hash % 1000) * PORTS_PER_POD;
}

export function allocate(
  pods: readonly Pod[],
  { prefix, firstPort, before }: Surroundings,
): Networks {
  const networks = new Map<string, PodNetwork>();
  for (const { name } of pods) {
    const known = before[name];
    const fits = known !== undefined && (known.address === '127.0.0.1') === (prefix === undefined);
    if (fits) networks.set(name, known);
  }
  for (const pod of pods) {
    if (networks.has(pod.name)) continue;
    const taken = [...networks.values()];
    const network =
      prefix === undefined ? sharedAddress(pod, taken, firstPort) : ownAddress(pod, taken, prefix);
    networks.set(pod.name, network);
  }
  return Object.fromEntries(networks);
}

/** `networks` with the first name server where clients look for it. */
export function expose(
  networks: Networks,
  pods: readonly Pod[],
  { host, port }: Address,
): Networks {
  const first = pods.find(({ role }) => role === 'nameserver')?.name;
  const network = first === undefined ? undefined : networks[first];
  if (first === undefined || network === undefined) return networks;
  const ports = { ...network.ports, [NAME_SERVER_PORT]: port };
  return { ...networks, [first]: { ...network, host, ports } };
}

function ownAddress(pod: Pod, taken: readonly PodNetwork[], prefix: string): PodNetwork {
  const addresses = new Set(taken.map(({ address }) => address));
  for (let last = 1; last < 255; last++) {
    const address = `${prefix}.${last}`;
    if (addresses.has(address)) continue;
    const ports = Object.fromEntries(containerPorts(pod).map((port) => [port, port]));
    return { address, host: address, ports };
  }
  throw new RangeError(`More than 254 pods do not fit ${prefix}.0/24`);
}

function sharedAddress(pod: Pod, taken: readonly PodNetwork[], firstPort: number): PodNetwork {
  const blocks = new Set(
    taken.flatMap(({ ports }) =>
      Object.values(ports).map((port) => Math.floor(port / PORTS_PER_POD)),
    ),
  );
  let block = Math.floor(firstPort / PORTS_PER_POD);
  while (blocks.has(block)) block++;
  const ports = Object.fromEntries(
    containerPorts(pod).map((port, index) => [port, block * PORTS_PER_POD + 3 + 3 * index]),
  );
  return { address: '127.0.0.1', host: '127.0.0.1', ports };
}

function containerPorts({ template }: Pod): number[] {
  return template.spec.containers[0].ports.map(({ containerPort }) => containerPort);
}
