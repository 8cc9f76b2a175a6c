/** Tells the members of a broker group that its least id has changed (oneway, best effort). */
import { brokerRequests } from '../protocol/mod.ts';
import type { RemotingClient } from '../remoting/mod.ts';
import { type MinIdChange, minId } from './routes.ts';

const { NOTIFY_MIN_BROKER_ID_CHANGE } = brokerRequests;

/** A broker that came knows of itself; when one has gone, all that are left are told. */
export function noticed({ group, offlineAddr }: MinIdChange): string[] {
  const everyone = offlineAddr !== undefined || group.addresses.size === 1;
  return [...group.addresses]
    .filter(([id]) => everyone || id !== minId(group))
    .map(([, address]) => address);
}

export function noticeFields({ group, offlineAddr, haServerAddr }: MinIdChange) {
  const minBrokerId = minId(group);
  return NOTIFY_MIN_BROKER_ID_CHANGE.request.encode({
    minBrokerId,
    brokerName: group.brokerName,
    minBrokerAddr: group.addresses.get(minBrokerId),
    offlineBrokerAddr: offlineAddr,
    haBrokerAddr: haServerAddr,
  });
}

/** Whoever cannot be reached learns it from its next registration. */
export function notifyMembers(client: RemotingClient, change: MinIdChange): void {
  const { code } = NOTIFY_MIN_BROKER_ID_CHANGE;
  const fields = noticeFields(change);
  for (const address of noticed(change)) {
    client.notify(address, { code, fields }).catch(() => undefined);
  }
}
