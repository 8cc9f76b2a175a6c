/** Which groups began to take messages beside others that did. Pure. */
import type { BrokerSetStatus } from '../../api/status/broker-set.ts';

export function openedGroups(
  before: BrokerSetStatus | undefined,
  after: BrokerSetStatus,
): string[] {
  if ((before?.readyGroups ?? 0) === 0) return [];
  const young = (before?.groupStatus ?? []).filter(({ phase }) => phase === 'Creating');
  const names = new Set(young.map(({ name }) => name));
  return (after.groupStatus ?? [])
    .filter(({ phase, name }) => phase === 'Ready' && names.has(name))
    .map(({ name }) => name);
}
