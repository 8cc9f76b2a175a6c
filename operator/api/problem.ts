/** What is wrong with a manifest: where in it, what it is and what would be right. */
export interface Problem {
  /** `spec.brokerSets[0].replicas`; empty for the manifest as a whole. */
  readonly path: string;
  readonly message: string;
  /** The key itself is wrong, rather than its value. */
  readonly atKey?: boolean;
  /** The manifest is right, and asks for what comes later. */
  readonly isLater?: boolean;
}
