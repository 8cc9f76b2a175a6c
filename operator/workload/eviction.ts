/** Whether a node sent a pod away that is gone since, and why: the node says so in an event. */
import type { Context } from '../kube/mod.ts';
import { listEvents } from './object-events.ts';

const EVICTIONS: readonly string[] = ['Evicted', 'Preempted', 'TaintManagerEviction'];

/** In the node's words. */
export async function findEviction(
  context: Pick<Context, 'client'>,
  namespace: string,
  podUid: string,
): Promise<string | undefined> {
  const events = await listEvents(context, namespace, podUid);
  const found = events.find(({ reason = '' }) => EVICTIONS.includes(reason));
  return found === undefined ? undefined : (found.note ?? 'the pod was evicted');
}
