/**
 * What clients may do on a broker group, as `brokerPermission` of its file says. The file is where
 * it is remembered: a restart keeps it, and what the operator finds there is how far it had come.
 */

/**
 * `Closed`: a new group, still without the topics of the others: no route leads to it.
 * `ReadOnly`: a group that is to go: what is on it can be consumed, nothing new comes.
 */
export type WriteAccess = 'Open' | 'ReadOnly' | 'Closed';

/** Left out for `Open`, which is the broker's default. */
export const PERMISSIONS: Readonly<Record<WriteAccess, string | undefined>> = {
  Open: undefined,
  ReadOnly: '4',
  Closed: '0',
};

export function writeAccessOf(properties: Readonly<Record<string, string>>): WriteAccess {
  const permission = properties['brokerPermission'];
  if (permission === undefined) return 'Open';
  return permission === PERMISSIONS.Closed ? 'Closed' : 'ReadOnly';
}
