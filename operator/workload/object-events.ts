/** What Kubernetes has said about an object in events: kept for an hour, as a rule. */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';

export interface LiveEvent extends KubeObject {
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly uid?: string };
  readonly eventTime?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** None without the right to look. */
export async function listEvents(
  { client }: Pick<Context, 'client'>,
  namespace: string,
  uid: string,
): Promise<readonly LiveEvent[]> {
  try {
    const fields = { 'regarding.uid': uid };
    const events = await client.list<LiveEvent>(resources.events, { namespace, fields });
    return events.filter(({ regarding }) => regarding?.uid === uid);
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  }
}

export function eventTimeMs({ series, deprecatedLastTimestamp, eventTime }: LiveEvent): number {
  return Date.parse(series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? '') || 0;
}
