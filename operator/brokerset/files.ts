/** What the file of each group says: what its broker starts with. Pure. */
import { brokerProperties } from '../config/broker-properties.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { judgeProperties } from '../workload/settings/judgement.ts';
import { isThere, type Observed, type ObservedGroup } from './observed.ts';
import type { ScalingPlan } from './scaling/plan.ts';

export interface Files {
  /** By group. */
  readonly properties: ReadonlyMap<string, Properties>;
  /** Keys that brokers would refuse, with the reason. */
  readonly refused: ReadonlyMap<string, string>;
}

/** The file of every group that can have one: not of a foreign one, not without name servers. */
export function filesOf(
  { brokerSet, groups, nameServers }: Observed,
  { access, disruptive }: ScalingPlan,
  keys: KeyTable,
): Files {
  const properties = new Map<string, Properties>();
  const refused = new Map<string, string>();
  for (const group of groups) {
    const { name, file } = group;
    const isRemoved = disruptive?.kind === 'RemoveGroup' && disruptive.group === name;
    const known = nameServers ?? file?.['namesrvAddr']?.split(';');
    if (!isRendered(group) || known === undefined || isRemoved) continue;
    const wanted = brokerProperties(brokerSet, {
      group: name,
      nameServers: known,
      access: access.get(name),
    });
    const judged = judgeProperties(wanted, file, keys);
    properties.set(name, judged.properties);
    for (const [key, why] of judged.refused) refused.set(key, why);
  }
  return { properties, refused };
}

/** What is somebody else's is left alone; what is not wanted and not there stays away. */
function isRendered(group: ObservedGroup): boolean {
  return group.foreign === undefined && (group.isWanted || isThere(group));
}
