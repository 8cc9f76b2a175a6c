/** How many pods were ready while something was done to them: "one at a time" can be seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from './kube-api.ts';

const PERIOD_MS = 50;

/** Looks at the pods until the answer is called, which tells the fewest that were ready at a time. */
export function fewestReady(list: () => Promise<readonly KubeObject[]>): () => Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      fewest = Math.min(fewest, (await list()).filter(isReady).length);
      await sleep(PERIOD_MS);
    }
  };
  const watching = watch();
  // Whoever asks for the answer is told.
  watching.catch(() => undefined);
  return async () => {
    isOver = true;
    await watching;
    return fewest;
  };
}

export function isReady({ status }: KubeObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    conditions?: readonly { type: string; status: string }[];
  };
  return conditions.some((one) => one.type === 'Ready' && one.status === 'True');
}
