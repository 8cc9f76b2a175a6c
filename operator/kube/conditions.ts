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

export type ConditionChange<Type extends string = string, Reason extends string = string> = Omit<
  Condition<Type, Reason>,
  'lastTransitionTime'
>;

/** Kubernetes takes no longer message. */
const MESSAGE_CHARACTERS_MAX = 32_768;

/**
 * `list` with `change` in it, at its old place or at the end. The time stays unless the status is
 * another one: a new reason or message is no transition.
 */
export function setCondition<Type extends string, Reason extends string>(
  list: readonly Condition<Type, Reason>[],
  change: ConditionChange<Type, Reason>,
  nowMs: number,
): Condition<Type, Reason>[] {
  const before = list.find(({ type }) => type === change.type);
  const lastTransitionTime =
    before?.status === change.status ? before.lastTransitionTime : timeText(nowMs);
  const message = change.message.slice(0, MESSAGE_CHARACTERS_MAX);
  const condition = { ...change, message, lastTransitionTime };
  if (before === undefined) return [...list, condition];
  return list.map((one) => (one === before ? condition : one));
}

/** Seconds, as Kubernetes writes times. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
