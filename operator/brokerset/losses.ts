/**
 * Pods that went although nobody sent them away: how many in a row before one settled, and how many
 * of them their nodes evicted. Kubernetes makes each of them anew at once; that it does so again
 * and again is a person's to see. Pure.
 */
import { EVICTIONS_MAX, type GroupStatus, type MemberStatus } from '../api/status/broker-set.ts';
import { type Stall, timeText } from '../kube/mod.ts';
import { parseDurationMs } from '../workload/duration.ts';
import type { Observed, ObservedGroup } from './observed.ts';

export interface Losses {
  /** The pod that went last. */
  readonly podUid: string;
  readonly attempts: number;
  readonly sinceMs: number;
  /** The newest, each within an hour. */
  readonly evictionsMs: readonly number[];
  /** What the node said. */
  readonly message: string | undefined;
}

const EVICTIONS_WITHIN_MS = 3_600_000;

/** By group; none for one whose pod has settled, once its evictions are long ago. */
export function lossesOf({ brokerSet, groups, nowMs }: Observed): ReadonlyMap<string, Losses> {
  const { suspend, update } = brokerSet.spec;
  const settleMs = parseDurationMs(update.settle);
  const losses = new Map<string, Losses>();
  for (const group of groups) {
    if (suspend || !group.isWanted) continue;
    const now = lossesOfGroup(group, nowMs);
    const settled = isSettled(group, nowMs, settleMs);
    if (now === undefined || (settled && now.evictionsMs.length === 0)) continue;
    losses.set(group.name, settled ? { ...now, attempts: 0 } : now);
  }
  return losses;
}

/** What only a person can mend: the node that a pod comes back to sends it away again. */
export function evictedStall(
  losses: ReadonlyMap<string, Losses>,
  { groups }: Pick<Observed, 'groups'>,
): Stall | undefined {
  for (const { name, was, pod } of groups) {
    const { evictionsMs, attempts, message } = losses.get(name) ?? NO_LOSSES;
    const [firstMs] = evictionsMs;
    if (firstMs === undefined || evictionsMs.length < EVICTIONS_MAX || attempts === 0) continue;
    const shown = pod?.name ?? was?.operation?.pod ?? `of ${name}`;
    const since = timeText(firstMs);
    const count = evictionsMs.length;
    const words = `pod ${shown} was evicted ${count} times since ${since}: ${message ?? 'nothing says why'}`;
    return { reason: 'Evicted', message: words };
  }
  return undefined;
}

const NO_LOSSES: Omit<Losses, 'podUid'> = {
  attempts: 0,
  sinceMs: 0,
  evictionsMs: [],
  message: undefined,
};

function lossesOfGroup(group: ObservedGroup, nowMs: number): Losses | undefined {
  const before = lossesBefore(group.was, nowMs);
  const lost = findLost(group);
  if (lost === undefined || lost.podUid === before?.podUid) return before;
  const { podUid, words } = lost;
  const { attempts, sinceMs, evictionsMs, message } = before ?? NO_LOSSES;
  return {
    podUid,
    attempts: attempts + 1,
    sinceMs: attempts === 0 ? nowMs : sinceMs,
    evictionsMs: (words === undefined ? evictionsMs : [...evictionsMs, nowMs]).slice(
      -EVICTIONS_MAX,
    ),
    message: words ?? message,
  };
}

function lossesBefore(was: GroupStatus | undefined, nowMs: number): Losses | undefined {
  const before = was?.losses;
  if (before === undefined) return undefined;
  const { podUid, attempts, since, evictions = [], message } = before;
  const evictionsMs = evictions
    .map((time) => Date.parse(time))
    .filter((timeMs) => nowMs - timeMs < EVICTIONS_WITHIN_MS);
  return { podUid, attempts, sinceMs: Date.parse(since), evictionsMs, message };
}

interface Lost {
  readonly podUid: string;
  /** Of the node that evicted it. */
  readonly words: string | undefined;
}

function findLost(group: ObservedGroup): Lost | undefined {
  const { pod, was, eviction } = group;
  if (pod?.trouble?.reason === 'Evicted') return { podUid: pod.uid, words: pod.trouble.message };
  const podUid = lostPodUid(pod, was);
  return podUid === undefined ? undefined : { podUid, words: eviction };
}

/** The pod of the last look, when it is not there any more and the operator did not take it. */
export function lostPodUid(
  pod: ObservedGroup['pod'],
  was: GroupStatus | undefined,
): string | undefined {
  // The API server keeps no list that is empty.
  const members: readonly MemberStatus[] | undefined = was?.members;
  const uid = members?.[0]?.uid;
  const isOurs = uid === was?.operation?.podUid;
  return uid === undefined || uid === pod?.uid || isOurs ? undefined : uid;
}

function isSettled({ pod }: ObservedGroup, nowMs: number, settleMs: number): boolean {
  return pod?.isReady === true && nowMs - pod.readinessSinceMs >= settleMs;
}

/** As the status has them. */
export function showLosses({
  podUid,
  attempts,
  sinceMs,
  evictionsMs,
  message,
}: Losses): NonNullable<GroupStatus['losses']> {
  return {
    podUid,
    attempts,
    since: timeText(sinceMs),
    ...(evictionsMs.length > 0 && { evictions: evictionsMs.map(timeText) }),
    ...(message !== undefined && { message: message.slice(0, MESSAGE_CHARACTERS_MAX) }),
  };
}

const MESSAGE_CHARACTERS_MAX = 1024;
