/**
 * Taking queues of a topic away without losing a message, in two steps. Pure.
 *
 * First the queues are closed for writing; they go on being read. A broker's queues go when every
 * group that has ever read the topic has read them to their end, or when nothing is in them, and
 * not before producers that still had the old route have learnt of it.
 */
import type { Found, TopicContents, TopicSettings } from '../access/mod.ts';
import type { TopicStatus } from '../api/status/entities.ts';
import type { BrokerView } from '../entity/observed.ts';
import { timeText } from '../kube/mod.ts';
import { closedSinceMs, isSettled } from './settling.ts';
import { readersAnywhere, unheardOf, unreadOf } from './unread.ts';

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
  readonly status: TopicStatus['shrink'];
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
  const sinceMs = isClosed ? closedSinceMs(before?.since, nowMs) : nowMs;
  const readers = readersAnywhere(contents.values());
  const unheard = unheardOf(contents, ...large.map(({ group }) => group));
  const blockers = new Map(
    large.map(({ group }) => {
      const place = { broker: group, fromQueue: wanted.readQueues };
      const unread = unreadOf(place, contents.get(group), readers);
      return [group, [...unread, ...unheard]] as const;
    }),
  );
  const settingsFor = (broker: BrokerView<TopicSettings>): TopicSettings => {
    const { group, found } = broker;
    if (excess(broker, wanted) <= 0 || typeof found !== 'object') return wanted;
    const mayGo = isSettled(sinceMs, nowMs) && blockers.get(group)?.length === 0;
    return mayGo ? wanted : { ...wanted, readQueues: found.readQueues };
  };
  const most = Math.max(...large.map((broker) => wanted.readQueues + excess(broker, wanted)));
  return {
    settingsFor,
    status: {
      readQueues: Math.min(most, SHOWN_QUEUES_MAX),
      since: timeText(sinceMs),
      blockers: [...new Set([...blockers.values()].flat())].slice(0, BLOCKERS_MAX),
    },
  };
}
