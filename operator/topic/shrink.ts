/**
 * Taking queues of a topic away without losing a message, in two steps. Pure.
 *
 * First the queues are closed for writing; they go on being read. A broker's queues go when every
 * group that has ever read the topic has read them to their end, or when nothing is in them, and
 * not before producers that still had the old route have learnt of it.
 */
import type { Found, TopicContents, TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { BrokerView } from '../entity/plan.ts';

/** Producers look routes up every 30 s, and what they sent last is on its way for a few more. */
const SETTLE_MS = 60_000;
const BLOCKERS_MAX = 5;
/** The largest number that the status can hold. */
const SHOWN_QUEUES_MAX = 1024;

export interface ShrinkFacts {
  readonly wanted: TopicSettings;
  readonly brokers: readonly BrokerView<TopicSettings>[];
  /** By broker group, of those that have too many queues. */
  readonly contents: ReadonlyMap<string, Found<TopicContents>>;
  readonly before: TopicStatus['shrink'];
  readonly nowMs: number;
}

export interface Shrink {
  /** Undefined when no broker has too many queues. */
  readonly status: (TopicStatus['shrink'] & { readonly sinceMs: number }) | undefined;
  /** What a broker is to have now. */
  readonly settingsFor: (broker: BrokerView<TopicSettings>) => TopicSettings;
}

/** Broker groups that read more queues than they are to. */
export function shrinking(
  brokers: readonly BrokerView<TopicSettings>[],
  wanted: TopicSettings,
): BrokerView<TopicSettings>[] {
  return brokers.filter((broker) => excess(broker, wanted) > 0);
}

function excess({ found }: BrokerView<TopicSettings>, wanted: TopicSettings): number {
  return typeof found === 'object' ? found.readQueues - wanted.readQueues : 0;
}

export function planShrink(facts: ShrinkFacts): Shrink {
  const { wanted, brokers, contents, before, nowMs } = facts;
  const large = shrinking(brokers, wanted);
  if (large.length === 0) return { status: undefined, settingsFor: () => wanted };
  const isClosed = large.every(
    ({ found }) => typeof found === 'object' && found.writeQueues <= wanted.writeQueues,
  );
  const sinceMs = isClosed && before !== undefined ? Date.parse(before.since) : nowMs;
  const groups = groupsOf(contents.values());
  const blockers = new Map(
    large.map(({ group }) => {
      return [group, blockersOf(group, contents.get(group), { wanted, groups })] as const;
    }),
  );
  const isSettled = isClosed && before !== undefined && nowMs - sinceMs >= SETTLE_MS;
  const settingsFor = (broker: BrokerView<TopicSettings>): TopicSettings => {
    const { group, found } = broker;
    if (excess(broker, wanted) <= 0 || typeof found !== 'object') return wanted;
    const mayGo = isSettled && blockers.get(group)?.length === 0;
    return mayGo ? wanted : { ...wanted, readQueues: found.readQueues };
  };
  const most = Math.max(...large.map((broker) => wanted.readQueues + excess(broker, wanted)));
  return {
    settingsFor,
    status: {
      readQueues: Math.min(most, SHOWN_QUEUES_MAX),
      since: new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      sinceMs,
      blockers: [...blockers.values()].flat().slice(0, BLOCKERS_MAX),
    },
  };
}

/** Every group that has read the topic anywhere: it reads what is left as well. */
function groupsOf(contents: Iterable<Found<TopicContents>>): string[] {
  const names = new Set<string>();
  for (const found of contents) {
    if (typeof found !== 'object') continue;
    for (const { consumerOffsets } of found.queues) {
      for (const group of consumerOffsets.keys()) names.add(group);
    }
  }
  return [...names].toSorted();
}

function blockersOf(
  broker: string,
  contents: Found<TopicContents>,
  { wanted, groups }: { readonly wanted: TopicSettings; readonly groups: readonly string[] },
): string[] {
  if (typeof contents !== 'object') return [`${broker} does not say what is in its queues`];
  return contents.queues
    .filter(({ queueId }) => queueId >= wanted.readQueues)
    .flatMap(({ queueId, offsetMin, offsetMax, consumerOffsets }) => {
      if (offsetMax <= offsetMin) return [];
      const place = `queue ${queueId} of ${broker}`;
      if (groups.length === 0) {
        return [`nobody has read the ${offsetMax - offsetMin} messages in ${place}`];
      }
      return groups.flatMap((group) => {
        const left = offsetMax - Math.max(consumerOffsets.get(group) ?? 0, offsetMin);
        return left > 0 ? [`${group} has ${left} messages to read in ${place}`] : [];
      });
    });
}
