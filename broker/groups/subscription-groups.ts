/**
 * What operators set of consumer groups, kept in `subscriptionGroup.json`. A group comes into
 * being by being used, unless that is switched off.
 */
import type { Json, JsonObject } from '../../protocol/mod.ts';
import { type DataVersion, nextVersion, noVersion, readVersion } from '../metadata/data-version.ts';
import { isRecord } from '../metadata/json-body.ts';
import type { Urgency } from '../metadata/metadata.ts';

/** As RocketMQ spells it; what this broker does not act on is kept for those who do. */
export interface SubscriptionGroupConfig {
  readonly groupName: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly consumeMessageOrderly: boolean;
  readonly retryQueueNums: number;
  readonly retryMaxTimes: number;
  readonly groupRetryPolicy: Json;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  readonly groupSysFlag: number;
  readonly consumeTimeoutMinute: number;
  readonly attributes: Json;
  readonly subscriptionDataSet?: Json;
}

const defaults: Omit<SubscriptionGroupConfig, 'groupName'> = {
  consumeEnable: true,
  consumeFromMinEnable: true,
  consumeBroadcastEnable: true,
  consumeMessageOrderly: false,
  retryQueueNums: 1,
  retryMaxTimes: 16,
  groupRetryPolicy: { type: 'CUSTOMIZED' },
  brokerId: 0,
  whichBrokerWhenConsumeSlowly: 1,
  notifyConsumerIdsChangedEnable: true,
  groupSysFlag: 0,
  consumeTimeoutMinute: 15,
  attributes: {},
};

/** Groups that are always there (`SubscriptionGroupManager`). */
const PREDEFINED = [
  'TOOLS_CONSUMER',
  'FILTERSRV_CONSUMER',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
  'CID_ONSAPI_PULL',
  'CID_ONSAPI_PERMISSION',
  'CID_ONSAPI_OWNER',
  'CID_RMQ_SYS_TRANS',
];

/** Read bit of the topics a group is kept from: 1 in the group's entry of the forbidden table. */
const READ_FORBIDDEN = 4;

export class SubscriptionGroups {
  readonly #wallMs: () => number;
  readonly #mayCreate: (group: string) => boolean;
  readonly #groups = new Map<string, SubscriptionGroupConfig>();
  readonly #forbidden = new Map<string, Map<string, number>>();
  #version: DataVersion = noVersion;
  /** Set when `subscriptionGroup.json` is older than this. */
  unsaved: Urgency | undefined = undefined;

  /** `mayCreate` says whether a group may come into being by being used. */
  constructor(wallMs: () => number, mayCreate: (group: string) => boolean) {
    this.#wallMs = wallMs;
    this.#mayCreate = mayCreate;
    for (const groupName of PREDEFINED) this.#groups.set(groupName, { groupName, ...defaults });
  }

  get version(): DataVersion {
    return this.#version;
  }

  get size(): number {
    return this.#groups.size;
  }

  names(): Iterable<string> {
    return this.#groups.keys();
  }

  /** The group as it is; never creates. */
  peek(group: string): SubscriptionGroupConfig | undefined {
    return this.#groups.get(group);
  }

  /** The group, created now if it is new and that is allowed. */
  find(group: string): SubscriptionGroupConfig | undefined {
    const found = this.#groups.get(group);
    if (found !== undefined || !this.#mayCreate(group)) return found;
    const created = { groupName: group, ...defaults };
    this.#groups.set(group, created);
    this.#moved('soon');
    return created;
  }

  put(config: SubscriptionGroupConfig): void {
    this.#groups.set(config.groupName, config);
    this.#moved();
  }

  remove(group: string): void {
    const known = this.#groups.delete(group);
    if (this.#forbidden.delete(group) || known) this.#moved();
  }

  mayRead(group: string, topic: string): boolean {
    return ((this.#forbidden.get(group)?.get(topic) ?? 0) & READ_FORBIDDEN) === 0;
  }

  setReadable(group: string, topic: string, readable: boolean): void {
    const topics = this.#forbidden.get(group) ?? new Map<string, number>();
    const bits = topics.get(topic) ?? 0;
    const next = readable ? bits & ~READ_FORBIDDEN : bits | READ_FORBIDDEN;
    if (next === 0) topics.delete(topic);
    else topics.set(topic, next);
    if (topics.size === 0) this.#forbidden.delete(group);
    else this.#forbidden.set(group, topics);
    this.#moved();
  }

  /** Takes over the content of `subscriptionGroup.json`. */
  load(content: unknown): void {
    if (!isRecord(content)) return;
    this.#version = readVersion(content['dataVersion']);
    for (const [group, entry] of entriesOf(content['subscriptionGroupTable'])) {
      this.#groups.set(group, readSubscriptionGroup(group, entry));
    }
    for (const [group, topics] of entriesOf(content['forbiddenTable'])) {
      const bits = entriesOf(topics).map(([topic, value]) => [topic, Number(value)] as const);
      if (bits.length > 0) this.#forbidden.set(group, new Map(bits));
    }
  }

  /** The content of `subscriptionGroup.json`, and what tools and replicas are told. */
  toJson(): JsonObject {
    return {
      dataVersion: { ...this.#version },
      forbiddenTable: Object.fromEntries(
        [...this.#forbidden].map(([group, topics]) => [group, Object.fromEntries(topics)]),
      ),
      subscriptionGroupTable: Object.fromEntries(
        [...this.#groups].map(([group, config]) => [group, { ...config }]),
      ),
    };
  }

  #moved(urgency: Urgency = 'now'): void {
    this.#version = nextVersion(this.#version, this.#wallMs());
    if (this.unsaved !== 'now') this.unsaved = urgency;
  }
}

/** An entry of `subscriptionGroup.json` or of a request; what is missing has its default. */
export function readSubscriptionGroup(
  groupName: string,
  content: unknown,
): SubscriptionGroupConfig {
  const given = isRecord(content) ? content : {};
  const entries = Object.entries(defaults).map(([name, fallback]) => {
    const value = given[name];
    return [name, typeof value === typeof fallback && value !== null ? value : fallback] as const;
  });
  const extra =
    given['subscriptionDataSet'] === undefined
      ? {}
      : { subscriptionDataSet: given['subscriptionDataSet'] };
  // Every member has the type of its default, or is that default.
  return { groupName, ...Object.fromEntries(entries), ...extra } as SubscriptionGroupConfig;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}
