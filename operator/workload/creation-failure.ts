/**
 * Why Kubernetes cannot make the pods or claims of a StatefulSet: its controller says so in events
 * alone. The newest word counts, so that what was mended is forgotten.
 */
import { type Context, KubeError, type KubeObject, resources } from '../kube/mod.ts';
import { type ApiProblem, isQuota } from './api-problem.ts';
import type { SetFacts } from './set-facts.ts';

interface LiveEvent extends KubeObject {
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly uid?: string };
  readonly eventTime?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

const FAILED = 'FailedCreate';

/** In Kubernetes' words; undefined when nothing failed, or without the right to look. */
export async function findCreationFailure(
  { client }: Pick<Context, 'client'>,
  namespace: string,
  { uid }: SetFacts,
): Promise<string | undefined> {
  const events = await listEvents(client, namespace, uid);
  const told = events.filter(({ reason }) => reason === FAILED || reason === 'SuccessfulCreate');
  const newestMs = Math.max(...told.map(timeOf));
  return told.find((event) => event.reason === FAILED && timeOf(event) === newestMs)?.note;
}

/** What of it only a person can mend. Pure. */
export function creationProblem(failure: string): ApiProblem | undefined {
  if (isQuota(failure)) return { reason: 'QuotaExceeded', message: failure };
  const isRefused = failure.includes('violates PodSecurity') || failure.includes('is invalid');
  return isRefused ? { reason: 'InvalidPodOptions', message: failure } : undefined;
}

async function listEvents(
  client: Context['client'],
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

function timeOf({ series, deprecatedLastTimestamp, eventTime }: LiveEvent): number {
  return Date.parse(series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? '') || 0;
}
