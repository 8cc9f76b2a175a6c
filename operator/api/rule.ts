/**
 * What no single field can say: conditions across fields, as data.
 *
 * `cel` is the condition as the API server will check it (`self` is the spec, `oldSelf` the one it
 * replaces); `holds` is the same condition here, for manifests that no API server sees.
 */

export interface Named<Spec> {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Spec;
}

export interface Rule<Spec> {
  /** The field a person would change, below the manifest: `spec.nameServers`. */
  readonly path: string;
  readonly cel: string;
  readonly holds: (manifest: Named<Spec>) => boolean;
  /** What it is, and what would be right. */
  readonly message: (manifest: Named<Spec>) => string;
}

/** A rule about a change of what already exists. */
export interface TransitionRule<Spec> {
  readonly path: string;
  /** Left out where the rule only stands for a behaviour that comes later. */
  readonly cel?: string;
  readonly holds: (now: Named<Spec>, before: Named<Spec>) => boolean;
  readonly message: (now: Named<Spec>, before: Named<Spec>) => string;
}

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
  /** The one value that works now, where that is not the default. */
  readonly only?: unknown;
}
