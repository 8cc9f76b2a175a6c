/** Does what the plan of a NameServer asks for. */
import type { Settings } from '../access/mod.ts';
import type { Context, KubeObject } from '../kube/mod.ts';
import type { Refusals } from '../workload/refusals.ts';
import { actOnUnit, type UnitAction } from '../workload/unit-actions.ts';
import type { Observed } from './observed.ts';

export interface Acting {
  readonly object: KubeObject;
  readonly observed: Observed;
  readonly context: Context;
}

export function act(action: UnitAction, { object, observed, context }: Acting): Promise<Refusals> {
  const { access, signal } = context;
  return actOnUnit(action, {
    object,
    context,
    processAt: (address) => ({
      update: (some: Settings) => access.updateNameServerConfig(address, some, signal),
      show: () => access.nameServerConfig(address, signal),
    }),
    podsOf: () => observed.servers.flatMap(({ pod }) => pod ?? []),
  });
}
