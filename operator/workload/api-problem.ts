/** What a refusal of the API server means to the person whose object asks for it. Pure. */
import type { StalledReason } from '../api/vocabulary/conditions.ts';
import { ForeignObjectError, KubeError } from '../kube/mod.ts';

export interface ApiProblem {
  readonly reason: StalledReason;
  readonly message: string;
}

/** Undefined for what trying again may mend. */
export function findApiProblem(error: unknown, what: string): ApiProblem | undefined {
  if (error instanceof ForeignObjectError) {
    return { reason: 'ForeignObject', message: error.message };
  }
  if (!(error instanceof KubeError)) return undefined;
  const { status, message } = error;
  if (status === 403 && isQuota(message)) return { reason: 'QuotaExceeded', message };
  if (status === 403) return { reason: 'Forbidden', message };
  if (status === 422 || status === 400 || isUntyped(message)) {
    return { reason: what === 'StatefulSet' ? 'InvalidPodOptions' : 'InvalidSpec', message };
  }
  return undefined;
}

/** A field that the schema does not have: server-side apply answers with 500. */
function isUntyped(message: string): boolean {
  return message.includes('typed patch object');
}

export function isQuota(message: string): boolean {
  return message.includes('exceeded quota');
}
