/**
 * A loopback address of its own for every pod, told by its name alone: what DNS would say of a pod
 * can be said before it exists, and by every node alike. Pure.
 */
import { createHash } from 'node:crypto';

/** `seed` keeps clusters that run side by side apart. One of 4 million: two pods hardly share one. */
export function podAddress(seed: string, namespace: string, pod: string): string {
  const hash = createHash('sha256').update(`${seed}/${namespace}/${pod}`).digest();
  const [first = 0, second = 0, third = 0] = hash;
  return `127.${64 + (first % 64)}.${second}.${1 + (third % 254)}`;
}

/** A pod's name in its headless Service. */
const POD_NAME =
  /(?<![\w.-])([a-z0-9-]+)\.([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?![\w-])/g;

/** `text` with addresses for the names of pods. */
export function withPodAddresses(seed: string, text: string): string {
  return text.replace(POD_NAME, (_whole, pod: string, _service: string, namespace: string) =>
    podAddress(seed, namespace, pod),
  );
}
