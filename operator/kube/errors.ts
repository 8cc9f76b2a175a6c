/** What the API server refuses, and what no repetition can mend. */
import type { OwnerReference } from './object.ts';

/** What helps against CRDs that are older than the operator. */
export const APPLY_CRDS =
  'apply the CRDs of its version, with `kubectl apply --server-side -f deploy/crds.yaml` or `helm upgrade` of the chart gantry-operator';

export interface KubeErrorFacts {
  /** The HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** As the API server has it: `NotFound`, `Conflict`, `Forbidden`, `Timeout`, … */
  readonly reason: string;
  /** How long it asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

/** A call that the API server did not do, or of which nobody knows whether it did. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs?: number;

  constructor(message: string, facts: KubeErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.status = facts.status;
    this.reason = facts.reason;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What has the wanted name is not ours: it is neither changed nor merged into. */
export class ForeignObjectError extends Error {
  override readonly name = 'ForeignObjectError';
  /** Whose it is; undefined: nobody's. */
  readonly controller: OwnerReference | undefined;

  constructor(message: string, controller: OwnerReference | undefined) {
    super(message);
    this.controller = controller;
  }
}

/** Nobody says who we are to which API server, or what says so cannot be used. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly code: 'NotFound' | 'Unusable';

  constructor(code: CredentialsError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The caches have not seen yet what was written: looked at again in a moment, no failure. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
}

/** This process leads no longer: nothing it still wanted to write may be written. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}
