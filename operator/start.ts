/** Loads the operator when it is started: `gantry up` takes only what renders manifests. */
import type { Runtime } from '../runtime/mod.ts';
import type { Operator, OperatorOptions } from './main.ts';
import type { OperatorConfig } from './options.ts';

export async function startOperator(
  runtime: Runtime,
  config: OperatorConfig,
  options: OperatorOptions,
): Promise<Operator> {
  const main = await import('./main.ts');
  return main.startOperator(runtime, config, options);
}
