/**
 * What operators set of consumer groups, kept in `subscriptionGroup.json`. A group comes into
 * being by being used, unless that is switched off.
 */
import {
  type DataVersion,
  type SubscriptionGroupConfig,
  type SubscriptionGroupTable,
  subscriptionGroupConfig,
} from '../../protocol/bodies/mod.ts';
import { Failure, requireGroupName, systemGroups } from '../../protocol/mod.ts';
import { nextVersion, noVersion } from '../metadata/data-version.ts';
import type { Urgency } from '../metadata/metadata.ts';

/** Read bit of the topics a group is kept from: 1 in the group's entry of the forbidden table. */
const READ_FORBIDDEN = 4;

export class SubscriptionGroups {
  readonly #wallMs: () => number;
  readonly #mayCreate: () => boolean;
  readonly #groups = new Map<string, SubscriptionGroupConfig>();
  readonly #forbidden = new Map<string, Map<string, number>>();
  #version: DataVersion = noVersion;
  /** Set when `subscriptionGroup.json` is older than this. */
  unsaved: Urgency | undefined = undefined;

  /** `mayCreate` says whether a group may come into being by being used. */
  constructor(wallMs: () => number, mayCreate: () => boolean) {
    this.#wallMs = wallMs;
    this.#mayCreate = mayCreate;
    for (const groupName of systemGroups) this.#groups.set(groupName, newGroup(groupName));
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
    if (found !== undefined || !this.#mayCreate() || !isGroupName(group)) return found;
    const created = newGroup(group);
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
  load({ dataVersion, forbiddenTable, subscriptionGroupTable }: SubscriptionGroupTable): void {
    this.#version = dataVersion;
    for (const [groupName, config] of subscriptionGroupTable) {
      this.#groups.set(groupName, { ...config, groupName });
    }
    for (const [group, topics] of forbiddenTable) this.#forbidden.set(group, new Map(topics));
  }

  /** The content of `subscriptionGroup.json`, and what tools and replicas are told. */
  toBody(): SubscriptionGroupTable {
    return {
      dataVersion: this.#version,
      forbiddenTable: this.#forbidden,
      subscriptionGroupTable: this.#groups,
    };
  }

  #moved(urgency: Urgency = 'now'): void {
    this.#version = nextVersion(this.#version, this.#wallMs());
    if (this.unsaved !== 'now') this.unsaved = urgency;
  }
}

/** A group with every setting at its default. */
function newGroup(groupName: string): SubscriptionGroupConfig {
  return { ...subscriptionGroupConfig.fallback(), groupName };
}

function isGroupName(group: string): boolean {
  try {
    requireGroupName(group);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}
