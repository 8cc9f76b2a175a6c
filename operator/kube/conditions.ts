/** Conditions of a status, as `kubectl wait` and other controllers read them. */

export interface Condition<Type extends string = string, Reason extends string = string> {
  readonly type: Type;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
  readonly observedGeneration?: number;
  /** When `status` last became another, RFC 3339. */
  readonly lastTransitionTime: string;
}

/** Of which generation conditions speak, and when. */
export interface Stamp {
  readonly generation: number;
  readonly nowMs: number;
}

/** Kubernetes takes no longer message. */
const MESSAGE_CHARACTERS_MAX = 32_768;

/**
 * Conditions as they stand in a status. A condition whose `status` is what it was keeps its time
 * when it is written (`writeStatus`): a new reason or message is no transition.
 */
export function stampConditions<Stated extends { readonly message: string }>(
  stated: readonly Stated[],
  { generation: observedGeneration, nowMs }: Stamp,
) {
  const lastTransitionTime = timeText(nowMs);
  return stated.map((condition) => {
    const message = condition.message.slice(0, MESSAGE_CHARACTERS_MAX);
    return { ...condition, message, observedGeneration, lastTransitionTime };
  });
}

/** Seconds, as Kubernetes writes times. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
