/** Everything that is wrong with a manifest file, at once, each with its place. */

export interface ManifestProblem {
  /** `cluster.yaml:12:7` */
  readonly place: string;
  /** `spec.brokerSets[0].replicas`; empty for the file or document as a whole. */
  readonly path: string;
  readonly message: string;
}

export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly problems: readonly ManifestProblem[];

  constructor(file: string, problems: readonly ManifestProblem[]) {
    const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
    const lines = problems.map(({ place, path, message }) => {
      return `  ${place}: ${path === '' ? message : `${path}: ${message}`}`;
    });
    super(`Cannot use ${file}: ${count}\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
