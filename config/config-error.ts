/**
 * Everything that is wrong with a configuration, at once: a person corrects a file once, not once
 * for each mistake in it.
 */

export interface Problem {
  /** `broker.conf:12`, `environment GANTRY_BROKER_LISTEN_PORT`, `argument 3`, `configuration`. */
  readonly place: string;
  /** What it is and what would be right. */
  readonly message: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(role: string, problems: readonly Problem[]) {
    const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
    const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
    super(`Cannot use this configuration of the ${role}: ${count}\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
