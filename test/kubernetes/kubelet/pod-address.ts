/**
 * A loopback address of its own for every pod, told by its name alone: what DNS would say of a pod
 * can be said before it exists, by every node and every client alike. Pure.
 */
import { createHash } from 'node:crypto';

/** `seed` keeps clusters that run side by side apart. One of 4 million: two pods hardly share one. */
export function podAddress(seed: string, namespace: string, pod: string): string {
  const hash = createHash('sha256').update(`${seed}/${namespace}/${pod}`).digest();
  const [first = 0, second = 0, third = 0] = hash;
  return `127.${64 + (first % 64)}.${second}.${1 + (third % 254)}`;
}

/** A pod's name in its headless Service. */
const POD_NAME = /^([a-z0-9-]+)\.[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/;

/** The address of what `host` names, when that is a pod. */
export function findPodAddress(seed: string, host: string): string | undefined {
  const [, pod, namespace] = POD_NAME.exec(host) ?? [];
  return pod === undefined || namespace === undefined
    ? undefined
    : podAddress(seed, namespace, pod);
}
