/**
 * What no single field can say: conditions across fields, as data.
 *
 * `cel` is the condition as the API server checks it, `holds` the same one here, for manifests that
 * no API server sees; the tests show them to agree. `self` is the spec, `oldSelf` the one it
 * replaces. With `at: 'root'` they are the whole object, for rules that need its name or status;
 * the others stand at the spec, so that a status can be written to an object that was stored before
 * there was the rule.
 */

export interface Named<Spec> {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Spec;
  readonly status?: { readonly volumeFloor?: string | undefined } | undefined;
}

/**
 * What it is, and what would be right. The API server prints the value itself and has a fixed text:
 * `stated`, where `message` depends on the manifest.
 */
type Said<Parameters extends unknown[]> =
  | { readonly message: string; readonly stated?: never }
  | { readonly message: (...manifests: Parameters) => string; readonly stated: string };

interface Checked {
  /** The field a person would change, below the manifest: `spec.nameServers`. */
  readonly path: string;
  readonly cel: string;
  readonly at?: 'root';
}

export type Rule<Spec> = Checked &
  Said<[manifest: Named<Spec>]> & {
    readonly holds: (manifest: Named<Spec>) => boolean;
  };

/** A rule about a change of what already exists. */
export type TransitionRule<Spec> = Checked &
  Said<[now: Named<Spec>, before: Named<Spec>]> & {
    readonly holds: (now: Named<Spec>, before: Named<Spec>) => boolean;
  };

/** A change that `gantry up` refuses and the operator makes. */
export interface LocalTransition<Spec> {
  readonly path: string;
  readonly holds: (now: Named<Spec>, before: Named<Spec>) => boolean;
  readonly message: (now: Named<Spec>, before: Named<Spec>) => string;
}

/** Who makes a manifest real: the operator, or `gantry up` on one machine. */
export type Runner = 'operator' | 'gantry up';

/**
 * A field whose behaviour comes later. Set to anything but its default it is refused with the
 * reason: nothing that a person asks for is ever silently left undone.
 */
export interface Later {
  /** Below the manifest: `spec.replicas`. A block stands for all in it. */
  readonly path: string;
  readonly reason: string;
  /** What to write for now. */
  readonly remedy: string;
  /** The values that work now, where that is not the default alone. */
  readonly works?: readonly unknown[];
  /** Left out: nobody does it yet. */
  readonly onlyIn?: Runner;
}
