/** What each broker of a set is told, so that it has the settings of its file. Pure. */
import { formatAddress } from '../../runtime/mod.ts';
import { annotations } from '../api/vocabulary/annotations.ts';
import type { KeyTable, Properties } from '../config/key-table.ts';
import { BROKER_PORT } from '../resources/broker-set.ts';
import { listedNames } from '../workload/gates.ts';
import { planTelling, type Telling } from '../workload/settings/telling.ts';
import { isRunning, type Observed } from './observed.ts';

/** By group, of those whose brokers have been asked. */
export function tellingsOf(
  { brokerSet, groups }: Observed,
  files: ReadonlyMap<string, Properties>,
  keys: KeyTable,
): ReadonlyMap<string, Telling> {
  const unmanaged = listedNames(brokerSet.metadata.annotations[annotations.unmanagedConfig.name]);
  const tellings = new Map<string, Telling>();
  for (const group of groups) {
    const properties = files.get(group.name);
    if (properties === undefined || !isRunning(group) || group.settings === undefined) continue;
    const { name, pod, settings: shown, brokerId } = group;
    const address = formatAddress({ host: pod.ip, port: BROKER_PORT });
    const role = brokerId === undefined ? pod.roleLabel : roleOf(brokerId);
    const unit = { name, pod, address, shown, role };
    tellings.set(name, planTelling(unit, properties, { keys, unmanaged }));
  }
  return tellings;
}

function roleOf(brokerId: number): string {
  return brokerId === 0 ? 'master' : 'slave';
}
