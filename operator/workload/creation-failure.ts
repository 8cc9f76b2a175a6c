/**
 * Why Kubernetes cannot make the pods or claims of a StatefulSet: its controller says so in events
 * alone. The newest word counts, so that what was mended is forgotten.
 */
import type { Context } from '../kube/mod.ts';
import { type ApiProblem, isQuota } from './api-problem.ts';
import { eventTimeMs, listEvents } from './object-events.ts';
import type { SetFacts } from './set-facts.ts';

const FAILED = 'FailedCreate';

/** In Kubernetes' words; undefined when nothing failed, or without the right to look. */
export async function findCreationFailure(
  { client }: Pick<Context, 'client'>,
  namespace: string,
  { uid }: SetFacts,
): Promise<string | undefined> {
  const events = await listEvents({ client }, namespace, uid);
  const said = events.filter(({ reason }) => reason === FAILED || reason === 'SuccessfulCreate');
  const newestMs = Math.max(...said.map(eventTimeMs));
  return said.find((event) => event.reason === FAILED && eventTimeMs(event) === newestMs)?.note;
}

/** What of it only a person can mend. Pure. */
export function creationProblem(failure: string): ApiProblem | undefined {
  if (isQuota(failure)) return { reason: 'QuotaExceeded', message: failure };
  const isRefused = failure.includes('violates PodSecurity') || failure.includes('is invalid');
  return isRefused ? { reason: 'InvalidPodOptions', message: failure } : undefined;
}
