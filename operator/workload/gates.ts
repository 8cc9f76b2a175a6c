/**
 * Gates: named conditions that a disruptive step waits for. A held gate is never silent: it stands
 * in the status with what it waits for, and a person may pass it by its name.
 */
import { annotations } from '../api/vocabulary/annotations.ts';
import { type Gate, gates } from '../api/vocabulary/gates.ts';

export interface HeldGate {
  readonly gate: Gate;
  /** What it waits for. */
  readonly message: string;
}

/** Held for as long as a person has paused changes. */
export function pauseGates(isPaused: boolean): HeldGate[] {
  if (!isPaused) return [];
  return [{ gate: 'NotPaused', message: `the annotation ${annotations.paused.name} is set` }];
}

/** The gates that the annotation `gantrymq.io/skip-gates` names. */
export function skippedGates(
  written: Readonly<Record<string, string>> | undefined,
): ReadonlySet<Gate> {
  const names = (written?.[annotations.skipGates.name] ?? '').split(',').map((name) => name.trim());
  return new Set(names.filter((name): name is Gate => Object.hasOwn(gates, name)));
}

/** The names in an annotation that lists some, separated by commas. */
export function listedNames(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? '').split(',').map((name) => name.trim()));
}
